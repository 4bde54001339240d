// nginx, twice: as an upstream that answers from memory, and as the floor that any proxy stands on.
// One process each, so that its CPU time is one number. Absent where the machine has none.

import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { wholeAnswer } from "./answers.ts";
import { freePort } from "./free-port.ts";
import { startProgram, type Program } from "./program.ts";

const binary = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].find((path) => existsSync(path));

export const hasNginx = binary !== undefined;

/** The same JSON for every request. */
export const startStaticUpstream = (folder: string): Promise<Program> =>
  startNginx("static-upstream", folder, "", `default_type application/json; return 200 '${wholeAnswer}';`);

/** Passes everything on; the path tells streams from whole answers. */
export const startFloor = (folder: string, wholeUrl: string, streamUrl: string): Promise<Program> =>
  startNginx(
    "floor",
    folder,
    `upstream whole { server ${hostOf(wholeUrl)}; keepalive 256; keepalive_requests 100000000; }
     upstream streams { server ${hostOf(streamUrl)}; keepalive 256; keepalive_requests 100000000; }`,
    `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
     proxy_pass http://whole;`,
    `location /streams/ { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
     proxy_pass http://streams; }`,
  );

async function startNginx(
  name: string,
  parent: string,
  upstreams: string,
  location: string,
  more = "",
): Promise<Program> {
  if (binary === undefined) throw new Error("there is no nginx on this machine");
  const folder = await mkdtemp(join(parent, `${name}-`));
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(" ");
  const configuration = `
    daemon off; master_process off; pid ${folder}/pid; error_log stderr notice;
    events { worker_connections 4096; }
    http {
      access_log off; ${temporary} keepalive_requests 100000000; keepalive_timeout 60s; tcp_nodelay on;
      ${upstreams}
      server { listen 127.0.0.1:${port} backlog=4096; location / { ${location} } ${more} }
    }`;
  await writeFile(join(folder, "nginx.conf"), configuration);
  const program = await startProgram({
    name,
    command: binary,
    args: ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf")],
    ready: /(using the|start worker|getrlimit)/,
    folder,
  });
  return { ...program, url: `http://127.0.0.1:${port}` };
}

const hostOf = (url: string): string => new URL(url).host;

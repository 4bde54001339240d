// Bundles the two entrances into dist/, so that a start reads two files instead of a thousand.
// `npm run build` runs it; the Dockerfile copies what it makes; a folder named as its argument takes it instead. The
// embedded database stays a package: it brings files of its own.

import { chmod, rm } from "node:fs/promises";
import { build, type Plugin } from "esbuild";

// Two folders deep, as the sources are: drizzle/ and policies/ are found from there the same way.
const [, , outdir = "dist/bundle"] = process.argv;

// Its index loads all of it, `fetch`, caches and web sockets too: 30 ms of CPU time and 8 MB of each start.
// Whoever imports another part of it adds it here; the build fails until then.
const undiciParts: Plugin = {
  name: "undici-parts",
  setup(bundle) {
    bundle.onResolve({ filter: /^undici$/ }, () => ({ path: "undici", namespace: "parts" }));
    bundle.onLoad({ filter: /^undici$/, namespace: "parts" }, () => ({
      resolveDir: import.meta.dirname,
      contents: `
        export { default as Client } from "undici/lib/dispatcher/client.js";
        export { default as ProxyAgent } from "undici/lib/dispatcher/proxy-agent.js";
        export { default as errors } from "undici/lib/core/errors.js";`,
    }));
  },
};

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: { main: "src/main.ts", portcullis: "src/cli.ts" },
  outdir,
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node24",
  outExtension: { ".js": ".mjs" },
  external: ["@electric-sql/pglite"],
  // Some packages are CommonJS inside and ask for `require`.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  sourcemap: "linked",
  plugins: [undiciParts],
  minify: false,
  legalComments: "linked",
  logLevel: "warning",
});
await chmod(`${outdir}/portcullis.mjs`, 0o755);

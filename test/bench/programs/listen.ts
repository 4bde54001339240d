// Opens a server of the bench on loopback and says where. Every program in this folder ends with it.

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

export function listen(server: Server): void {
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
}

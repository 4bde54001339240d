// Opens a connection to an origin: TCP, or TLS with the certificate checked. Nothing is sent on it yet.
// `connection.ts` dials. What is read goes into one buffer that all connections share, so each read must be used up at once.

import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { errors } from "undici";

export interface Dialling {
  onConnected(): void;
  /** Of the shared buffer: gone with the next read. */
  onBytes(bytes: Buffer): void;
  /** The other side sends no more. */
  onHalfClosed(): void;
  /** It never stood, or is closed; told once at least. */
  onClosed(error: Error): void;
}

/** One host to call, and what is remembered of calling it. */
export interface Destination {
  readonly url: URL;
  readonly connectMilliseconds: number;
  /** Of the last TLS handshake, so that the next is short. */
  session: Buffer | undefined;
}

const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);
const probeAfterMilliseconds = 60_000;

export function dial(destination: Destination, to: Dialling): Socket {
  const { url, connectMilliseconds } = destination;
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const options = {
    host,
    port: Number(url.port) || (isSecure ? 443 : 80),
    onread: {
      buffer: readBuffer,
      callback(count: number): boolean {
        to.onBytes(readBuffer.subarray(0, count));
        return true;
      },
    },
  };
  const servername = isIP(host) === 0 ? host : "";
  const { session } = destination;
  const socket = isSecure
    ? connectSecure({ ...options, servername, session, ALPNProtocols: ["http/1.1"] })
    : connectPlain(options);
  socket.setNoDelay(true).setKeepAlive(true, probeAfterMilliseconds);
  const tooLate = setTimeout(() => socket.destroy(new errors.ConnectTimeoutError()), connectMilliseconds);
  socket.once(isSecure ? "secureConnect" : "connect", () => {
    clearTimeout(tooLate);
    to.onConnected();
  });
  socket.on("session", (newest: Buffer) => (destination.session = newest));
  socket.on("error", (error) => to.onClosed(error));
  socket.on("end", () => to.onHalfClosed());
  socket.once("close", () => {
    clearTimeout(tooLate);
    to.onClosed(new errors.SocketError("the connection closed"));
  });
  return socket;
}

/** The port: bound once by the launcher, which never accepts; each server inherits it, so that connections wait. */
import { spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import * as net from "node:net";
import { getSystemErrorName } from "node:util";
import { LauncherError } from "./lock.mjs";

/** @typedef {{ fd: number, port: number, close: () => void }} HeldPort */

/**
 * Returns null where Node cannot bind without listening: then the server binds, and a hand-over refuses connections for
 * a moment.
 * @param {string} host @param {number} port @returns {Promise<HeldPort | null>}
 */
export async function holdPort(host, port) {
  const bind = /** @type {any} */ (net)._createServerHandle;
  if (typeof bind !== "function") return null;
  const { address, family } = await lookup(host).catch(() => {
    throw new LauncherError(`HOST is ${host}, which is not an address of this machine; set it to 127.0.0.1.`);
  });
  const handle = bind(address, port, family);
  /** @type {{ port?: number }} */
  const name = {};
  const status = typeof handle === "number" ? handle : handle.getsockname(name);
  if (status !== 0) throw new LauncherError(portSentence(status, host, port));
  return { fd: handle.fd, port: name.port ?? port, close: () => handle.close() };
}

/** The sentences of `server/bound-port.ts`, which this may not import. @param {number} status @param {string} host @param {number} port */
function portSentence(status, host, port) {
  const code = getSystemErrorName(status);
  if (code === "EADDRINUSE")
    return `Port ${port} on ${host} is taken by another program; end it, or set PORT to another number.`;
  if (code === "EACCES") return `Port ${port} may not be used by this user; set PORT to a number above 1023.`;
  return `The server cannot listen on ${host}:${port}: ${code}.`;
}

/** Answers every request with one sentence while no release starts. */
const APOLOGY = `
const server = require("node:http").createServer((request, response) => {
  response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "5", connection: "close" });
  response.end(process.argv[1] + "\\n");
});
server.listen({ fd: 3 });
process.stdin.resume().on("end", () => process.exit());
`;

/** Returns the function that ends it. It ends with the launcher, too. @param {HeldPort} held @param {string} sentence @returns {() => void} */
export function apologize(held, sentence) {
  const child = spawn(process.execPath, ["-e", APOLOGY, sentence], { stdio: ["pipe", "ignore", "ignore", held.fd] });
  child.on("error", () => {});
  return () => void child.kill("SIGKILL");
}

import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { runs, startOf } from "../launcher/lock.mjs";
import { dataFolder, IS_PACKAGE, option, START_COMMAND } from "./places.mjs";
import { SetupError } from "./say.mjs";

const DEFAULT_PORT = "3000";
const DEFAULT_HOST = "127.0.0.1";

/**
 * Returns the requested address, from `--port`/`--host` or from PORT/HOST.
 * @param {string[]} argv
 * @returns {{ port: number, host: string }}
 * @throws {SetupError} when the port is not a number from 0 to 65535
 */
export function wantedAddress(argv) {
  const text = option(argv, "--port") ?? (process.env.PORT || DEFAULT_PORT);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new SetupError(
      `PORT is "${text}", but a port is a whole number from 0 to 65535 (0 picks a free port): set another, for example \`PORT=3001 ${START_COMMAND}\`.`,
    );
  }
  return { port, host: option(argv, "--host") ?? (process.env.HOST || DEFAULT_HOST) };
}

/**
 * Listens for a moment, so that a port in use is reported before a long install and not after it.
 * @param {{ port: number, host: string }} address @param {string} [data] the folder that the command line names
 * @throws {SetupError}
 */
export async function checkPortFree({ port, host }, data) {
  const code = await new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? "unknown"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  throw new SetupError(portSentence(code, { port, host, data }));
}

/** @param {string} code @param {{ port: number, host: string, data: string | undefined }} wanted */
function portSentence(code, { port, host, data }) {
  const isReserved = code === "EACCES";
  const another = `\`PORT=${isReserved || port === 65535 ? 3001 : port + 1} ${startAgain(data)}\``;
  if (code === "EADDRINUSE") {
    const own = runningServer(data);
    const by = own?.port === port ? `the Banyan server of this data folder (process ${own.pid})` : "another program";
    return `Port ${port} on ${host} is in use by ${by}: stop it, or choose another port with ${another}.`;
  }
  if (isReserved)
    return `Port ${port} on ${host} is reserved for the administrator: choose a port from 1024 up, for example with ${another}.`;
  return `This machine cannot listen on HOST ${host} (${code}): set HOST to one of its addresses. 127.0.0.1 accepts connections from this machine only, 0.0.0.0 from everywhere.`;
}

/** @param {string | undefined} data */
function startAgain(data) {
  if (data === undefined) return START_COMMAND;
  const word = /^[\w@%+=:,./-]+$/.test(data) ? data : `'${data.replaceAll("'", "'\\''")}'`;
  return `${START_COMMAND}${IS_PACKAGE ? "" : " --"} --data ${word}`;
}

/**
 * Returns the live server of the data folder, from the file that it writes. An empty `started` says that its process may
 * be another program, which has its number now: older servers do not tell when the process started.
 * @param {string} [data] @returns {{ pid: number, port: number, url: string, started: string } | undefined}
 */
export function runningServer(data) {
  try {
    const { pid, port, url, started } = JSON.parse(readFileSync(path.join(dataFolder(data), "server.json"), "utf8"));
    if (!Number.isInteger(pid) || pid <= 1 || !runs(pid, started || startOf(pid))) return undefined;
    return { pid, port, url, started: started || "" };
  } catch {
    return undefined;
  }
}

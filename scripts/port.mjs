import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { SetupError } from "./say.mjs";
import { dataFolder } from "./setup.mjs";

const DEFAULT_PORT = "3000";
const DEFAULT_HOST = "127.0.0.1";

/**
 * The address that is asked for, by `--port`/`--host` or by PORT/HOST.
 * @param {string[]} argv
 * @returns {{ port: number, host: string }}
 * @throws {SetupError} when the port is no number from 0 to 65535
 */
export function wantedAddress(argv) {
  const text = option(argv, "--port") ?? (process.env.PORT || DEFAULT_PORT);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new SetupError(
      `PORT is "${text}", and a port is a whole number from 0 to 65535 (0: any free one): set another, for example \`PORT=3001 npm start\`.`,
    );
  }
  return { port, host: option(argv, "--host") ?? (process.env.HOST || DEFAULT_HOST) };
}

/** The value of `--name value` or `--name=value`; the last counts. @param {string[]} argv @param {string} name @returns {string | undefined} */
export function option(argv, name) {
  const at = argv.lastIndexOf(name);
  if (at >= 0) return argv[at + 1];
  return argv.findLast((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1);
}

/**
 * Listens for an instant, so that a port that is taken is told before a long install and not after it.
 * @param {{ port: number, host: string }} address
 * @throws {SetupError}
 */
export async function checkPortFree({ port, host }) {
  const code = await new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? "unknown"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  throw new SetupError(portSentence(code, port, host));
}

/** @param {string} code @param {number} port @param {string} host */
function portSentence(code, port, host) {
  const another = `\`PORT=${port === 65535 ? 3001 : port + 1} npm start\``;
  if (code === "EADDRINUSE") {
    const own = runningServer();
    const by =
      own?.port === port ? `the Banyan server that runs on this data folder (process ${own.pid})` : "another program";
    return `Port ${port} on ${host} is taken by ${by}: stop that one, or choose another port with ${another}.`;
  }
  if (code === "EACCES")
    return `Port ${port} on ${host} is reserved for the administrator: choose one from 1024 up, for example with ${another}.`;
  return `This machine cannot listen on HOST ${host} (${code}): set HOST to one of its addresses; 127.0.0.1 is for this machine only, 0.0.0.0 for all.`;
}

/** @returns {{ pid: number, port: number } | undefined} what the server that runs on this data folder has written down */
export function runningServer() {
  try {
    const { pid, port } = JSON.parse(readFileSync(path.join(dataFolder(), "server.json"), "utf8"));
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    process.kill(pid, 0);
    return { pid, port };
  } catch {
    // A process of another user is alive, too, but not ours to name.
    return undefined;
  }
}

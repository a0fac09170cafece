/** The launcher's socket: a person's commands, one JSON object a line, each with one answer. */
import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { eachLine } from "./lines.mjs";
import { LauncherError } from "./lock.mjs";

const MOST_BYTES = 64 * 1024;
/** The system silently cuts the path of a socket after so many bytes. */
const MOST_PATH_BYTES = process.platform === "darwin" ? 103 : 107;

/**
 * @param {string} home @param {(command: Record<string, unknown>) => Promise<object>} answer
 * @returns {Promise<() => void>} closes it
 */
export async function listenForCommands(home, answer) {
  const file = path.join(home, "launcher.sock");
  if (Buffer.byteLength(file) > MOST_PATH_BYTES)
    throw new LauncherError(`The path ${file} is too long for a socket: set BANYAN_HOME to a shorter one.`);
  rmSync(file, { force: true });
  const server = createServer((connection) => {
    connection.on("error", () => connection.destroy());
    eachLine(connection, (text) => {
      void answered(answer, text).then((said) => connection.write(`${JSON.stringify(said)}\n`));
    });
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(file, () => resolve(undefined));
  });
  chmodSync(file, 0o600);
  return () => {
    server.close();
    rmSync(file, { force: true });
  };
}

/** @param {(command: Record<string, unknown>) => Promise<object>} answer @param {string} text */
async function answered(answer, text) {
  try {
    if (text.length > MOST_BYTES) throw new Error("The command is too long.");
    return await answer(JSON.parse(text));
  } catch (error) {
    return { problem: /** @type {Error} */ (error).message };
  }
}

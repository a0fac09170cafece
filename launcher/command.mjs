/**
 * The command line of a release. It answers while a release serves, and when the person's checkout cannot: that may be
 * half merged, broken by an edit, or gone, and must not keep a person from stopping what runs.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { folderOf, runsHere } from "./releases.mjs";
import { say } from "./say.mjs";
import { ownOf, readState } from "./state.mjs";

/**
 * Returns the file that runs the command line, and whose release it is; null when there is none. Never one with changes by
 * agents: a command runs with all rights of the person who types it, outside of the wall around a release. Nor one whose
 * packages are for another Node than that person's.
 * @param {string} home @returns {{ n: number, file: string } | null}
 */
export function commandIn(home) {
  if (!existsSync(path.join(home, "state.json"))) return null;
  const own = ownOf(readState(home).releases);
  const file = own && path.join(folderOf(home, own), "scripts", "command.mjs");
  return file && runsHere(own) && existsSync(file) ? { n: own.n, file } : null;
}

/** Writes `banyan` in home, which works without a checkout. @param {Pick<import("./main.mjs").Start, "home" | "checkout" | "data" | "env">} start */
export function writeCommand({ home, checkout, data, env }) {
  const { DATABASE_URL } = env;
  const places = {
    BANYAN_HOME: home,
    BANYAN_CHECKOUT: checkout,
    BANYAN_DATA_DIR: data,
    // Empty after `--data`, and then it keeps that of `.env` away.
    ...(DATABASE_URL !== undefined && { DATABASE_URL }),
  };
  const own = pathToFileURL(path.join(import.meta.dirname, "command.mjs")).href;
  const text = `#!/usr/bin/env node
// The command line of the newest release that a person made, whatever the checkout is. Written at each start.
const places = ${JSON.stringify(places)};
for (const name of Object.keys(places)) process.env[name] ??= places[name];
import(${JSON.stringify(own)}).then(({ answer }) => answer(${JSON.stringify(home)}));
`;
  const file = path.join(home, "banyan");
  try {
    rmSync(`${file}.new`, { force: true });
    writeFileSync(`${file}.new`, text, { flag: "wx", mode: 0o700 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    // A full disk must not keep a release from serving.
    say(`The program ${file} could not be written: ${/** @type {Error} */ (error).message}.`);
  }
}

/** Returns the program that `banyan` in home runs. @param {string} home */
export async function answer(home) {
  const command = commandIn(home);
  if (command) return void (await import(pathToFileURL(command.file).href));
  const lack = `No release in ${home} has a command line for this version of Node`;
  console.error(`${lack}: use the version of the server, or start Banyan once with \`npm start\` in its checkout.`);
  process.exitCode = 2;
}

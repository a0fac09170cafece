/**
 * A program that the launcher runs behind walls and without network, before a release by agents opens the database:
 * starts it in a place of its own, gives it a small task, runs a person's held-out tests against it, and ends it. The
 * release and its commands see neither the tests nor what runs them. What it found is one line on descriptor 3.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { inCell } from "./cell.mjs";
import { heldOutFolder, heldOutTests } from "./home.mjs";
import { holdPort } from "./port.mjs";
import { probe } from "./probe.mjs";
import { depsOf, folderOf } from "./releases.mjs";
import { endedWith, runServer } from "./run-server.mjs";

/** @typedef {import("./state.mjs").Release} Release @typedef {import("./candidate.mjs").Rehearsal} Rehearsal @typedef {import("./run-server.mjs").Place} Place */

const HOST = "127.0.0.1";
const MOST_SAID = 300;
const MOST_OUTPUT_BYTES = 10_000_000;
/** As a shell command, the release's own command line. */
const COMMAND = "const { main } = await import(process.argv[1]); process.exitCode = await main(process.argv.slice(2));";

const { home, permanent, release, sharesProcesses, start, canaryMs, testMs } = JSON.parse(process.argv[2] ?? "");

writeSync(3, `${JSON.stringify(await rehearsal())}\n`);
process.exit(0);

/** @returns {Promise<Rehearsal>} */
async function rehearsal() {
  const tried = await tryOut(release, heldOutTests(home));
  if ("problem" in tried) return { problem: tried.problem, leftOut: [] };
  const failed = [...tried.failed.keys()];
  if (failed.length === 0) return { problem: null, leftOut: [] };
  // A test that also fails there says nothing about this release.
  const before = await tryOut(permanent, failed);
  const leftOut = "problem" in before ? [] : failed.filter((name) => before.failed.has(name));
  const [worse] = failed.filter((name) => !leftOut.includes(name));
  const problem = worse === undefined ? null : `fails a held-out test (${worse}: ${tried.failed.get(worse)})`;
  return { problem, leftOut };
}

/**
 * Starts a release, gives it a small task, runs tests and ends it. @param {Release} release @param {string[]} names of tests
 * @returns {Promise<{ problem: string } | { failed: Map<string, string> }>} what each failed test said
 */
async function tryOut(release, names) {
  const folder = mkdtempSync("/tmp/rehearsal-");
  const checkout = path.join(folder, "checkout");
  const data = path.join(checkout, "data");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const held = await holdPort(HOST, 0);
  if (!held) return { problem: "this version of Node cannot bind a port for it" };
  const env = {
    PATH: process.env.PATH,
    LANG: "C.UTF-8",
    HOME: folder,
    NODE_ENV: /** @type {const} */ ("production"),
  };
  const argv = ["--data", data, "--port", String(held.port)];
  const place = { home, checkout, data, argv, env, isInCell: true, sharesProcesses, held, start };
  const told = { halted: null, notice: null, held_seeds: [], persons_at: null, releases: [] };
  const status = { status: told, takenBack: null };
  const run = runServer(place, { ...release, state: "permanent", proposal: null }, 0, { onLine: () => {}, status });
  try {
    await run.ready;
    const nonce = randomUUID();
    run.canary(nonce);
    const args = ["look", "--canary", nonce, "--wait", String(canaryMs)];
    const { signal } = new AbortController();
    const reading = await probe(place, permanent, args, { limitMs: 2 * canaryMs, signal, writable: [], readable: [] });
    if (reading.fault) return { problem: `left a database that cannot be read: ${reading.fault}` };
    if (reading.canary !== "done") return { problem: `did not finish a small task (${reading.canary})` };
    // Until now it worked only on its own canary.
    run.claim();
    /** @type {Map<string, string>} */
    const failed = new Map();
    for (const name of names) {
      const said = await runTest(name, place, release, `http://${HOST}:${held.port}`);
      if (said !== null) failed.set(name, said);
    }
    await run.stop("the launcher");
    const how = await run.ended;
    return how === endedWith(0) ? { failed } : { problem: `did not stop as it was asked to: it ${how}` };
  } catch (error) {
    return { problem: /** @type {Error} */ (error).message };
  } finally {
    await run.kill();
    held.close();
  }
}

/** @param {string} out what the runner printed as TAP @returns {string | null} the first failed test, and its error */
function reasonIn(out) {
  const test = /^ *not ok \d+ - (.*)$/m.exec(out)?.[1];
  const error = /^ *error: (?:'(.*)'|"(.*)"|\|-\n *(.*))$/m.exec(out)?.slice(1).find(Boolean);
  return test === undefined ? null : [test, error].filter(Boolean).join(": ");
}

/** @param {string} name @param {Place} place @param {Release} release @param {string} url @returns {Promise<string | null>} why it failed */
function runTest(name, { checkout, data, env }, release, url) {
  const folder = folderOf(home, release);
  // Home is covered for the release, which could otherwise put a program of its own in the command's place.
  mkdirSync(home, { recursive: true });
  const bin = mkdtempSync(path.join(home, "commands-"));
  const plan = { home, readOnly: [folder, depsOf(home, release)], writable: [], cwd: checkout, sharesProcesses };
  const command = inCell(plan, [process.execPath, "--input-type=module", "-e", COMMAND]);
  const quoted = [...command, path.join(folder, "dist", "banyan.mjs")].map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  );
  writeFileSync(path.join(bin, "banyan"), `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`, { flag: "wx" });
  chmodSync(path.join(bin, "banyan"), 0o700);
  const given = { BANYAN_URL: url, BANYAN_DATA_DIR: data, BANYAN_CHECKOUT: checkout };
  const all = { ...env, ...given, PATH: `${bin}:${env.PATH}` };
  const options = {
    cwd: checkout,
    env: all,
    timeout: testMs,
    killSignal: /** @type {const} */ ("SIGKILL"),
    maxBuffer: MOST_OUTPUT_BYTES,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--test", "--test-reporter=tap", path.join(heldOutFolder(home), name)],
      options,
      (error, out) => resolve(error ? (reasonIn(out) ?? error.message).slice(0, MOST_SAID) : null),
    );
  });
}

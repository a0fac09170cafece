/**
 * Asks the permanent release's programs about a release on trial: the probe reads rows of the database, and the gates
 * judge the change. Neither asks the release itself.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inCell, runToEnd } from "./cell.mjs";
import { depsOf, folderOf } from "./releases.mjs";

/**
 * @typedef {object} Look what the probe sees
 * @property {string} schema
 * @property {number} level
 * @property {{ seq: number, hash: string } | null} audit the head of the audit log
 * @property {boolean} auditHolds whether the head that was given is still in it
 * @property {"done" | "failed" | "open" | "missing"} canary
 * @property {Step} [command] that the canary ran; nothing from an older probe
 * @property {Step} [approval] that it asked for, and that the probe gave
 * @property {boolean} halted whether a person has paused everything
 * @property {number} ready tasks that could be claimed
 * @property {number} free slots
 * @property {number} claims so far
 * @property {number} internal tasks that failed for internal reasons since the given time
 * @property {number} broken tasks whose log could not be read, since then
 * @property {number} cursor the last message that was folded
 * @property {string | null} unfolded a task whose log the permanent release cannot fold
 * @property {Walked[] | null} [pages] what a signed-in person sees; null when the probe could not sign in, and nothing from an older one
 *
 * @typedef {"none" | "open" | "refused" | "done"} Step `none`: it did not begin with it; `refused`: it ended, and not as it should
 * @typedef {{ name: string, status: number, ms: number }} Walked one request; status 0: no answer
 * @typedef {{ fault: string }} Fault
 */

/**
 * @param {import("./run-server.mjs").Place} place @param {import("./state.mjs").Release} permanent
 * @param {string[]} args @param {{ limitMs: number, signal: AbortSignal, writable: string[], readable: string[] }} options
 * @returns {Promise<any>} what it printed, or `{ fault }` as a sentence
 */
export async function probe(place, permanent, args, { limitMs, signal, writable, readable }) {
  const { home, checkout, data, env, isInCell, sharesProcesses } = place;
  const folder = folderOf(home, permanent);
  const program = [process.execPath, path.join(folder, "scripts", "probe.mjs"), ...args];
  const plan = {
    home,
    readOnly: [checkout, folder, depsOf(home, permanent), ...readable],
    writable: [data, ...writable],
    cwd: checkout,
    sharesProcesses,
  };
  const options = { cwd: checkout, env: { ...env, BANYAN_CHECKOUT: checkout, BANYAN_DATA_DIR: data }, limitMs, signal };
  /** @type {import("./cell.mjs").Ran} */
  let ran;
  try {
    ran = await runToEnd(isInCell ? inCell(plan, program) : program, options);
  } catch (error) {
    return { fault: /** @type {Error} */ (error).message };
  }
  try {
    return JSON.parse(ran.out);
  } catch {
    return { fault: ran.said.trim().split("\n").at(-1) || "The probe did not answer." };
  }
}

/**
 * Runs the whole gates on a change, as `agents/self/run-gates.ts` does: on a folder that holds nothing but the way to the
 * launcher's repository and the permanent release's packages. Never rejects: whatever fails, a full disk for instance, the
 * change could not be judged.
 * @param {import("./run-server.mjs").Place} place @param {import("./state.mjs").Release} permanent
 * @param {{ n: number, judged: string, limitMs: number, signal: AbortSignal }} change
 * @returns {Promise<{ outcome: "passed" | "failed" | "unknown", said: string }>} `said`: a sentence when they passed, else what goes on after "it"
 */
export async function judgeWhole(place, permanent, { n, judged, limitMs, signal }) {
  const { home, checkout, env, isInCell, sharesProcesses } = place;
  const program = folderOf(home, permanent);
  try {
    const { folder, kept } = foldersToJudge(home, path.join(program, "node_modules"));
    const evidence = path.join(kept, String(n));
    const given = [folder, "--base", `${judged}^`, "--head", judged, "--evidence", evidence, "--progress", "--json"];
    const command = [process.execPath, path.join(program, "scripts", "gates.mjs"), ...given];
    const plan = {
      home,
      readOnly: [checkout, program, depsOf(home, permanent), path.join(home, "self.git"), folder],
      writable: [kept],
      cwd: program,
      sharesProcesses,
    };
    // Without keys and settings of the server, which the gates do not need.
    const { PATH, HOME, LANG } = env;
    const own = { PATH, HOME, LANG, NODE_ENV: /** @type {const} */ ("production") };
    const options = { cwd: program, env: own, limitMs, signal, isPatient: true };
    const ran = await runToEnd(isInCell ? inCell(plan, command) : command, options);
    const report = path.join(evidence, "report.json");
    if (existsSync(report)) return verdictOf(JSON.parse(readFileSync(report, "utf8")));
    const last = ran.isLate ? `it took longer than ${limitMs / 60_000} minutes` : ran.said.trim().split("\n").at(-1);
    return { outcome: "unknown", said: `${UNJUDGED}: ${last || "they ended without a word"}` };
  } catch (error) {
    return { outcome: "unknown", said: `${UNJUDGED}: ${/** @type {Error} */ (error).message}` };
  }
}

/** @param {string} home @param {string} packages @returns {{ folder: string, kept: string }} what is judged, and the place for what the gates say */
function foldersToJudge(home, packages) {
  const [folder, kept] = [path.join(home, "judged"), path.join(home, "evidence")];
  for (const old of [folder, kept]) rmSync(old, { recursive: true, force: true });
  for (const fresh of [folder, kept]) mkdirSync(fresh, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, ".git"), `gitdir: ${path.join(home, "self.git")}\n`);
  symlinkSync(packages, path.join(folder, "node_modules"));
  return { folder, kept };
}

/**
 * @typedef {{ gate: string, outcome: string, summary: string, required: boolean, findings: { kind: string }[] }} Judged
 * @param {{ outcome: string, seconds: number, gates: Judged[] }} report
 */
function verdictOf({ outcome, seconds, gates }) {
  const named = (/** @type {string} */ wanted) =>
    gates.filter((gate) => gate.outcome === wanted && (gate.required || wanted === "failed"));
  const list = (/** @type {Judged[]} */ some) =>
    some.map(({ gate, summary }) => `${gate.replaceAll("_", " ")} (${summary.replace(/\.$/, "")})`).join(", ");
  const flags = gates.flatMap(({ findings }) => findings).filter(({ kind }) => kind === "flag").length;
  const flagged = flags === 0 ? "" : `, with ${flags} ${flags === 1 ? "flag" : "flags"}`;
  if (outcome === "passed") {
    const minutes = Math.max(1, Math.round(seconds / 60));
    return { outcome: /** @type {const} */ ("passed"), said: `The whole gates passed it in ${minutes} min${flagged}.` };
  }
  if (outcome === "failed")
    return { outcome: /** @type {const} */ ("failed"), said: `failed the whole gates: ${list(named("failed"))}` };
  const unmeasured = list(named("not_measured"));
  return { outcome: /** @type {const} */ ("unknown"), said: `${UNJUDGED}, which did not measure ${unmeasured}` };
}

const UNJUDGED = "could not be judged by the whole gates";

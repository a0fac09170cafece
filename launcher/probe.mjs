/** Asks the permanent release's probe about the database: it reads rows, and never what a release on trial says of itself. */
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

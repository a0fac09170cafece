/** Puts the database right after a trial, where it is not as the permanent release left it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { probe } from "./probe.mjs";

/** @typedef {import("./main.mjs").Launcher} Launcher @typedef {import("./state.mjs").Release} Release */

/** Repairs what the trial that was taken back last has left. @param {Launcher} launcher @param {Release} permanent */
export async function mend(launcher, permanent) {
  const { takenBack } = launcher.state;
  if (!takenBack || takenBack.mended !== null) return;
  const { mended, fault } = await mendTables(launcher, permanent, takenBack.schema);
  const why = mended ?? fault;
  if (why && why !== takenBack.fault) launcher.note("mended", { why });
  launcher.save({ ...launcher.state, takenBack: { ...takenBack, mended, fault } });
}

/**
 * `mended`: what was restored, as a sentence, empty for nothing; null after a fault, such as a full disk, after which
 * the next start tries again.
 * @param {Launcher} launcher @param {Release} permanent @param {string} schema a digest of the tables as they have to be
 * @returns {Promise<{ mended: string, fault: null } | { mended: null, fault: string }>}
 */
export async function mendTables(launcher, permanent, schema) {
  const snapshot = path.join(launcher.home, "snapshots", "database");
  const given = existsSync(snapshot) ? ["--snapshot", snapshot] : [];
  const place = { writable: given.length > 0 ? [path.dirname(snapshot)] : [], readable: [] };
  // Nothing may interrupt it, because the next release would work on the damaged database.
  const whole = { limitMs: launcher.limits.buildMs, signal: new AbortController().signal };
  const args = ["mend", "--schema", schema, ...given];
  const said = await probe(launcher.place(), permanent, args, { ...place, ...whole });
  if (!said.fault) return { mended: said.mended ?? "", fault: null };
  const fault = `The database could not be put right: ${said.fault}`.replace(/\.?$/, ".");
  // Without a copy no later try can do more.
  return given.length > 0 ? { mended: null, fault } : { mended: fault, fault: null };
}

/**
 * Returns what a server that starts has to settle after a trial. Another release than the permanent one may change the
 * tables. Then the copy from before the trial fits no more, so nothing is tried again.
 * @param {Launcher} launcher @param {Release} release
 */
export function toSettle(launcher, { state }) {
  const { takenBack } = launcher.state;
  if (!takenBack || takenBack.mended !== null) return takenBack;
  const told = { ...takenBack, mended: takenBack.fault ?? "" };
  if (state !== "permanent") launcher.save({ ...launcher.state, takenBack: told });
  return told;
}

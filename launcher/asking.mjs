/** Answers what people ask the launcher over its socket, and what servers ask over their channel. */
import { existsSync } from "node:fs";
import path from "node:path";
import { runsHere } from "./releases.mjs";

/** @typedef {import("./state.mjs").Release} Release */

/** A release on trial may ask for so many; each begins its watch anew. A person on the machine may restart as often as they like. */
const MOST_RESTARTS = 3;

export class Asking {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    /** Answers with the outcome of the restart that goes on, to those who asked for it. @type {((said: object) => void)[]} */
    this.waiting = [];
  }

  /** @param {Exclude<import("./run-server.mjs").Line, { type: "drained" }>} line @param {Release} from */
  heard(line, from) {
    const { launcher } = this;
    const { state } = launcher.state.releases.find(({ n }) => n === from.n) ?? from;
    const isTrial = from.proposal !== null && state !== "permanent";
    // It is being ended, and can decide nothing.
    if (isTrial && launcher.running?.release.n !== from.n) return;
    if (line.type === "ask" && line.what === "resume") {
      if (!isTrial) this.allow(line.by);
    } else if (line.type === "ask") this.asked(line, isTrial);
    else if (line.type === "crashed") {
      const how = `lost its ${line.side === "web" ? "pages" : "worker"} (${line.how})`;
      if (isTrial) this.worse(from.n, how);
      else launcher.push({ kind: "crashed", how, n: from.n });
    }
    // A release on trial decides nothing about releases.
    else if (isTrial) return;
    else if (line.type === "ready") this.raised(line.level);
    else if (line.type === "settled") this.settled(line.n);
    else if (line.type === "release")
      void this.launcher.agents
        .take(line)
        .catch((error) => this.launcher.note("failed", { why: String(error), by: line.by }));
  }

  /**
   * Handles what a person asks of the server, or a release on trial of the launcher.
   * @param {import("./run-server.mjs").AskLine} line @param {boolean} isTrial
   */
  asked({ what, by, restMs }, isTrial) {
    const { launcher } = this;
    // One stop is enough: a second one would not let turns end.
    if (launcher.events.has(what)) return;
    const release = launcher.agents.onTrial();
    if (isTrial && release?.trial && what === "restart") {
      // Each one would be stored.
      if (launcher.events.has("worse")) return;
      const restarts = (release.trial.restarts ?? 0) + 1;
      launcher.change({ [release.n]: { trial: { ...release.trial, restarts } } });
      if (restarts > MOST_RESTARTS) return this.worse(release.n, "asked for more than three restarts");
    }
    if (what === "stop") launcher.push({ kind: "stop", by, isOfTrial: isTrial });
    else if (what === "halt") launcher.push({ kind: "halt", by });
    else launcher.push({ kind: "restart", by, restMs });
  }

  /** Forgets a trial once its leftovers are settled; a database that could not be put right yet is tried again. @param {number} n */
  settled(n) {
    const { takenBack } = this.launcher.state;
    if (takenBack?.n === n && takenBack.mended !== null)
      this.launcher.save({ ...this.launcher.state, takenBack: null });
  }

  /** Remembers that the permanent release has raised the level of the database, which is never lowered. @param {number} level */
  raised(level) {
    const { state } = this.launcher;
    if (level > (state.level ?? 1)) this.launcher.save({ ...state, level });
  }

  /** Takes back the release on trial next; it may say why a thousand times. @param {number} n @param {string} why goes on after "it" */
  worse(n, why) {
    if (!this.launcher.events.has("worse")) this.launcher.push({ kind: "worse", why, n });
  }

  /** Lets releases of agents begin again, after too many were taken back. @param {string} by */
  allow(by) {
    this.launcher.note("resume", { by });
    this.launcher.save({ ...this.launcher.state, halted: null, takenBackAt: [] });
  }

  checkHalt() {
    const file = path.join(this.launcher.start.data, "self", "halt");
    const isOpen = this.launcher.state.releases.some(
      ({ state, proposal, stale }) => proposal && (state === "approved" || state === "trial" || stale),
    );
    if (isOpen && existsSync(file)) this.launcher.push({ kind: "halt", by: `the file ${file}` });
  }

  /** @param {object} said */
  answer(said) {
    for (const resolve of this.waiting.splice(0)) resolve(said);
  }

  /** @param {Record<string, unknown>} command @returns {Promise<object>} */
  async command({ command, by, contents, n, drop }) {
    const who = typeof by === "string" ? by.slice(0, 200) : "somebody";
    if (command === "status") return this.status();
    if (command === "stop") {
      this.launcher.push({ kind: "stop", by: who });
      return { stopping: true };
    }
    if (command === "confirm") return this.confirm(n, who);
    if (command === "resume") {
      this.allow(who);
      return { sentence: "Changes by agents may be released again." };
    }
    if (command === "back") return this.back(n, who);
    if (command !== "restart") return { problem: "Unknown command." };
    return this.restarted({ by: who, drop: drop === true, ...(typeof contents === "string" && { contents }) });
  }

  /** @param {{ by: string, drop?: boolean, contents?: string }} wish @returns {Promise<{ problem?: string }>} the outcome of this restart, not of a start that goes on already */
  restarted(wish) {
    return new Promise((answer) => this.launcher.push({ kind: "restart", ...wish, answer }));
  }

  /** @param {unknown} n @param {string} by */
  confirm(n, by) {
    const release = this.launcher.state.releases.find(
      (listed) => listed.n === n && listed.state === "approved" && listed.proposal,
    );
    if (!release?.proposal) return { problem: `There is no release ${n} that waits for a confirmation.` };
    if (release.proposal.confirmedBy !== null) return { problem: `Release ${n} is confirmed already.` };
    this.launcher.change({ [release.n]: { proposal: { ...release.proposal, confirmedBy: by } } });
    this.launcher.note("confirm", { release, by });
    return { sentence: `Release ${n} is confirmed: it begins when nothing else holds it up.` };
  }

  /** Goes back to a release that was permanent before, as if a person had made it again. @param {unknown} n @param {string} by */
  async back(n, by) {
    const { launcher } = this;
    const release = launcher.state.releases.find((listed) => listed.n === n && listed.state === "retired");
    const level = launcher.state.level ?? 1;
    if (!release)
      return {
        problem: `Release ${n} was never permanent, or its files are gone: \`banyan releases\` lists those that are there.`,
      };
    if ((release.reads ?? 0) < level)
      return { problem: `Release ${n} cannot read the database any more (level ${level}).` };
    if (!runsHere(release)) return { problem: `Release ${n} was made for another version of Node.` };
    launcher.change({ [release.n]: { state: "trial", tries: 2, proposal: null } });
    launcher.note("back", { release, by });
    const outcome = await this.restarted({ by });
    return outcome.problem ? outcome : { sentence: `Release ${n} serves.` };
  }

  status() {
    const { releases, launch, halted, level } = this.launcher.state;
    const serving = this.launcher.running?.release.n ?? null;
    const { modules } = process.versions;
    return { pid: process.pid, modules, serving, launch, level, halted, cell: this.launcher.cell, releases };
  }
}

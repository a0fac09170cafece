/**
 * Agents' releases, step by step: wait for their turn, build, snapshot, expand, drain, trial, watch, permanent. Each
 * step is stored before it is done, so that a kill at any point ends with a release that serves.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { digestOf, makeCandidate } from "./candidate.mjs";
import { hasSpaceForTrial, isDiskFull } from "./disk.mjs";
import { guardedFilesIn } from "./guarded.mjs";
import { DAY_MS, HOUR_MS, recent } from "./limits.mjs";
import { probe } from "./probe.mjs";
import { folderOf } from "./releases.mjs";
import { askPages, memoryOf, slowOf, urlOf } from "./round.mjs";
import { changedFiles, marksIn, saidBy, takeCommit } from "./source.mjs";
import { newRelease, permanentOf } from "./state.mjs";
import { Watch } from "./trial.mjs";

/** @typedef {import("./state.mjs").Release} Release @typedef {import("./run-server.mjs").Run} Run @typedef {import("./probe.mjs").Look} Look */

const ANSWERS_BEFORE = 20;

export class AgentsReleases {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    this.limits = launcher.limits;
    this.isBuilding = false;
    /** Commits that are being taken. @type {Set<string>} */
    this.taking = new Set();
    this.notBeforeMs = 0;
    this.watch = new Watch(launcher);
  }

  /** The agents' release that runs on trial. */
  onTrial() {
    const running = this.launcher.running?.release.n;
    return (
      this.launcher.state.releases.find((one) => one.n === running && one.state === "trial" && one.proposal) ?? null
    );
  }

  /**
   * Takes what a person approved, from the repository that the server keeps; here are its bytes and a plan to try them.
   * The same commit is taken once, or again for another approval when it was dropped. The server asks every second for
   * what is not taken yet, so an approval outlasts a full disk. @param {import("./run-server.mjs").ReleaseLine} asked
   */
  async take(asked) {
    const { commit, item } = asked;
    const isKnown = this.launcher.state.releases.some(
      ({ contents, state, proposal }) =>
        contents === `commit ${commit}` && (state !== "dropped" || proposal?.item === item),
    );
    if (isKnown || this.taking.has(commit) || isDiskFull(this.launcher)) return;
    this.taking.add(commit);
    try {
      await this.takeNew(asked);
    } catch (error) {
      this.add({
        ...this.approved(asked),
        state: "dropped",
        why: `It could not be read: ${/** @type {Error} */ (error).message}`,
      });
    } finally {
      this.taking.delete(commit);
    }
  }

  /** @param {import("./run-server.mjs").ReleaseLine} asked */
  async takeNew(asked) {
    const { home, start } = this.launcher;
    const { tree, base, judged } = await takeCommit(home, path.join(start.data, "self.git"), asked.commit);
    // The permanent release's marks, and those of the change: whatever it says, it frees no file.
    const marks = { before: await marksIn(home, base), after: await marksIn(home, tree) };
    const guardedFiles = guardedFilesIn(await changedFiles(home, base, tree), marks);
    const said = await saidBy(home, path.join(start.data, "self.git"), asked.commit);
    const release = { ...this.approved(asked), ...said };
    const persons = permanentOf(this.launcher.state)?.persons ?? null;
    const later = { judged: isPartLeft(asked.evidence) ? judged : null };
    const known = { ...release, tree, persons, proposal: { ...release.proposal, base, guardedFiles, ...later } };
    const why = this.refusalOf(known);
    this.add(why === null ? known : { ...known, state: "dropped", why });
  }

  /** @param {import("./run-server.mjs").ReleaseLine} asked */
  approved({ item, commit, by, gates, evidence }) {
    const proposal = {
      item,
      by,
      gates,
      evidence,
      base: "",
      guardedFiles: /** @type {string[]} */ ([]),
      confirmedBy: null,
    };
    const state = /** @type {import("./state.mjs").ReleaseState} */ ("approved");
    return { ...newRelease(this.launcher.state.next), state, contents: `commit ${commit}`, commit, proposal };
  }

  /** @param {Release} release */
  add(release) {
    const { state } = this.launcher;
    this.launcher.save({ ...state, next: release.n + 1, releases: [...state.releases, release] });
    this.launcher.note(release.state, {
      release,
      by: release.proposal?.by ?? "",
      ...(release.why && { why: release.why }),
    });
  }

  /** Why this can never be released. @param {Release} release @returns {string | null} */
  refusalOf({ n, tree, proposal }) {
    const { state } = this.launcher;
    if (proposal?.base !== permanentOf(state)?.tree) return "Another release became permanent after it was checked.";
    const bad = state.releases.find((one) => one.state === "bad" && one.tree === tree && one.n !== n);
    if (bad) return `The same was taken back as release ${bad.n}.`;
    if (!isAsJudged(proposal?.evidence ?? "", proposal?.gates ?? ""))
      return "What the gates saw is gone, or was changed.";
    return null;
  }

  /** Why it has to wait. @param {Release} release @returns {string | null} one sentence */
  waitOf({ n, proposal }) {
    const { state, cell, running, startedMs } = this.launcher;
    const { healthyMs, apartMs, mostADay } = this.limits;
    if (state.halted) return `Nothing is released: ${state.halted}`;
    if (!cell.builds) return "Bubblewrap builds agents' releases, and it is missing here or may not make namespaces.";
    if (proposal?.confirmedBy === null && (proposal.guardedFiles.length > 0 || !cell.open)) {
      const why =
        proposal.guardedFiles.length > 0
          ? `It changes ${proposal.guardedFiles.slice(0, 3).join(", ")}`
          : "Releases run without a wall here";
      return `${why}: confirm it on this machine with \`npx banyan releases confirm ${n}\`.`;
    }
    if (recent(state.agentsAt, DAY_MS) >= mostADay) return `${mostADay} releases of agents a day are the most.`;
    if (recent(state.agentsAt, apartMs) > 0) return "Releases of agents begin an hour apart.";
    if (!running || Date.now() - startedMs < healthyMs)
      return "The permanent release has to serve for ten minutes first.";
    if (!hasSpaceForTrial(this.launcher)) return "The disk has too little space for a copy of the database.";
    return Date.now() < this.notBeforeMs ? this.lastWait : null;
  }

  lastWait = "It is tried again soon.";

  /** Takes the next step, if there is one. */
  async look() {
    const { launcher } = this;
    const trial = this.onTrial();
    if (trial) {
      await this.watch.once(trial);
      return launcher.tell();
    }
    for (const one of launcher.state.releases.filter(({ state }) => state === "approved")) {
      const why = this.refusalOf(one);
      if (why !== null) this.drop(one, why);
    }
    const next = launcher.state.releases.find(({ state }) => state === "approved");
    if (!next || !launcher.running) return;
    const waits = this.waitOf(next);
    if (waits !== next.waits) launcher.change({ [next.n]: { waits } });
    if (waits !== null) return;
    if (next.bytes === null) this.build(next);
    else await this.begin(next);
  }

  /** Beside the server, which goes on meanwhile. @param {Release} release */
  build(release) {
    if (this.isBuilding) return;
    this.isBuilding = true;
    const { launcher } = this;
    launcher.note("build", { release });
    void makeCandidate(launcher, release)
      .then((made) => {
        if (launcher.state.releases.find(({ n }) => n === release.n)?.state !== "approved") return;
        if (!("why" in made)) return launcher.change({ [release.n]: made });
        if (isDiskFull(launcher)) return this.postpone(release, "The disk is full.");
        this.drop(release, `It ${made.why}`, "bad");
      })
      .catch((error) => this.postpone(release, error.message))
      .finally(() => {
        this.isBuilding = false;
        launcher.push({ kind: "look" });
      });
  }

  /** @param {Release} release @param {string} why @param {"dropped" | "bad"} [state] */
  drop(release, why, state = "dropped") {
    this.launcher.change({ [release.n]: { state, why, waits: null } });
    this.launcher.note(state, { release: { ...release, state, why }, why });
  }

  /** @param {Release} release @param {string} why */
  postpone(release, why) {
    this.notBeforeMs = Date.now() + this.limits.retryMs;
    this.lastWait = `It is tried again in ten minutes: ${why}`;
    this.launcher.change({ [release.n]: { waits: this.lastWait } });
  }

  /** Everything before the first start of the new release. The permanent one can use the database after each step. @param {Release} release */
  async begin(release) {
    const { launcher } = this;
    const permanent = permanentOf(launcher.state);
    const run = launcher.running;
    if (!permanent || !run) return;
    if (digestOf(folderOf(launcher.home, release)) !== release.bytes)
      return this.drop(release, "Its files are not those that were built.", "bad");
    const snapshots = path.join(launcher.home, "snapshots");
    rmSync(snapshots, { recursive: true, force: true });
    mkdirSync(snapshots, { recursive: true, mode: 0o700 });
    launcher.note("expand", { release });
    const grown = await launcher.ask(
      permanent,
      ["expand", folderOf(launcher.home, release)],
      [],
      [folderOf(launcher.home, release)],
    );
    if (grown.refused) return this.drop(release, `Its migrations were refused: ${grown.refused}`, "bad");
    if (launcher.events.isInterrupted()) return;
    if (grown.fault) return this.postpone(release, grown.fault);
    launcher.note("snapshot", { release });
    const kept = await launcher.ask(permanent, ["snapshot", path.join(snapshots, "database")], [snapshots]);
    if (launcher.events.isInterrupted()) return;
    if (kept.fault) return this.postpone(release, kept.fault);
    const answers = [];
    for (let count = 0; count < ANSWERS_BEFORE; count++)
      answers.push((await askPages(launcher.address(), run.expected(grown))).answerMs);
    let isOnTrial = false;
    try {
      isOnTrial = await this.enter(release, permanent, run, slowOf(answers));
    } catch (error) {
      this.postpone(release, /** @type {Error} */ (error).message);
    }
    // Whatever came between: without a trial the server goes on.
    if (isOnTrial) await launcher.end(`the launcher, for release ${release.n}`);
    else run.resume();
  }

  /** Lets turns end and stores the trial. @param {Release} release @param {Release} permanent @param {Run} run @param {number} answerBeforeMs @returns {Promise<boolean>} whether it is stored */
  async enter(release, permanent, run, answerBeforeMs) {
    const { launcher } = this;
    const memoryBefore = memoryOf(run.pid);
    launcher.note("drain", { release });
    const busy = await run.drain(this.limits, launcher.events.interrupted());
    if (launcher.events.isInterrupted()) return false;
    const since = ["--since", String(Date.now() - DAY_MS)];
    const before =
      busy === null ? await launcher.ask(permanent, ["look", urlOf(launcher.address()), ...since]) : { fault: busy };
    if (launcher.events.isInterrupted()) return false;
    const hindrance = before.fault ?? (before.halted ? "Everything is paused." : null);
    if (hindrance !== null) {
      this.postpone(release, hindrance);
      return false;
    }
    const { schema, audit, internal, cursor, pages } = /** @type {Look} */ (before);
    const startedMs = Date.now();
    const compared = { internalBefore: internal, memoryBefore, answerBeforeMs, pages: pages ?? [] };
    const trial = { schema, audit, startedMs, cursor, ...compared };
    const state = launcher.state;
    const releases = state.releases.map((one) =>
      one.n === release.n ? { ...one, state: /** @type {const} */ ("trial"), trial, tries: 2, waits: null } : one,
    );
    const agentsAt = [...state.agentsAt.filter((at) => Date.now() - Date.parse(at) < DAY_MS), new Date().toISOString()];
    launcher.mustSave({ ...state, releases, agentsAt });
    launcher.note("trial", { release });
    return true;
  }

  /** Drops what waits, and takes back what is on trial. @param {string} by */
  async halt(by) {
    const why = `Changes by agents were switched off by ${by}.`;
    for (const one of this.launcher.state.releases.filter(({ state }) => state === "approved")) this.drop(one, why);
    if (this.onTrial()) await this.launcher.takeBackRunning(`was stopped: ${why}`, "dropped");
  }

  /** Repairs the database after a trial, where it is not as the permanent release left it. @param {Release} permanent */
  async mend(permanent) {
    const { launcher } = this;
    const { takenBack } = launcher.state;
    if (!takenBack || takenBack.mended !== null) return;
    const snapshot = path.join(this.launcher.home, "snapshots", "database");
    const given = existsSync(snapshot) ? ["--snapshot", snapshot] : [];
    const place = { writable: given.length > 0 ? [path.dirname(snapshot)] : [], readable: [] };
    // Nothing interrupts it: what starts next would work on the damaged database.
    const whole = { limitMs: this.limits.buildMs, signal: new AbortController().signal };
    const args = ["mend", "--schema", takenBack.schema, ...given];
    const said = await probe(launcher.place(), permanent, args, { ...place, ...whole });
    const mended = said.fault ? `The database could not be put right: ${said.fault}` : (said.mended ?? "");
    if (mended) this.launcher.note("mended", { why: mended });
    this.launcher.save({ ...this.launcher.state, takenBack: { ...takenBack, mended } });
  }

  /** Remembers what the permanent release has to put right. @param {Release} release @param {string} why @returns {Partial<import("./state.mjs").State>} */
  takenBack(release, why) {
    const { state } = this.launcher;
    const { rollbacksAnHour, rollbacksADay } = this.limits;
    const { trial, proposal, n } = release;
    if (!trial || !proposal) return {};
    const takenBackAt = [
      ...state.takenBackAt.filter((at) => Date.now() - Date.parse(at) < DAY_MS),
      new Date().toISOString(),
    ];
    const isTooMuch = recent(takenBackAt, HOUR_MS) >= rollbacksAnHour || recent(takenBackAt, DAY_MS) >= rollbacksADay;
    const halted = isTooMuch
      ? `${takenBackAt.length} releases of agents were taken back within a day. Look at them, then allow more with \`npx banyan releases resume\`.`
      : state.halted;
    const { startedMs, schema } = trial;
    return { takenBack: { n, item: proposal.item, why, startedMs, schema, mended: null }, takenBackAt, halted };
  }
}

/** As in `agents/self/run-gates.ts`: the report's digest covers each gate's evidence. @param {string} evidence @param {string} digest */
function isAsJudged(evidence, digest) {
  try {
    const report = JSON.parse(readFileSync(path.join(evidence, "report.json"), "utf8"));
    const found = report.gates.map(
      (/** @type {{ gate: string, digest: string | null }} */ { gate, digest: stored }) => {
        const actual =
          stored === null ? null : sha256(readFileSync(path.join(evidence, `${path.basename(gate)}.json`), "utf8"));
        return `${gate} ${actual}\n`;
      },
    );
    return report.digest === digest && sha256(found.join("")) === digest;
  } catch {
    return false;
  }
}

/** Whether the gates left something for the trial. The files of evidence say it, which their digest covers. @param {string} evidence */
function isPartLeft(evidence) {
  try {
    const report = JSON.parse(readFileSync(path.join(evidence, "report.json"), "utf8"));
    return report.gates.some((/** @type {{ gate: string, digest: string | null }} */ { gate, digest }) => {
      if (digest === null) return false;
      return JSON.parse(readFileSync(path.join(evidence, `${path.basename(gate)}.json`), "utf8")).later === true;
    });
  } catch {
    // Then it is refused: see `isAsJudged`.
    return false;
  }
}

/** @param {string} text */
function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

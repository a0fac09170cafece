/**
 * Agents' releases, step by step: wait for their turn, build, snapshot, expand, drain, trial, watch, permanent. Each
 * step is stored before it is done, so that a kill at any point ends with a release that serves.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { digestOf, makeCandidate } from "./candidate.mjs";
import { flagsIn, isAsJudged, isPartLeft, isPassed } from "./evidence.mjs";
import { guardedFilesIn } from "./guarded.mjs";
import { DAY_MS, HOUR_MS, isRecent, recent } from "./limits.mjs";
import { mendTables } from "./mending.mjs";
import { addedTo, differenceOf } from "./merging.mjs";
import { folderOf, runsHere } from "./releases.mjs";
import { changedFiles, marksIn, saidBy, takeCommit } from "./source.mjs";
import { newRelease, permanentOf } from "./state.mjs";
import { stepsOf, Watch } from "./trial.mjs";
import { askPages, memoryOf, slowOf, urlOf } from "./trial-checks.mjs";
import { nextOf, storeWaits, waitOf } from "./waits.mjs";

/** @typedef {import("./state.mjs").Release} Release @typedef {import("./state.mjs").Proposal} Proposal @typedef {import("./run-server.mjs").Run} Run @typedef {import("./probe.mjs").Look} Look */

const ANSWERS_BEFORE = 20;
/** How often an approved change may move to a newer release before a person looks again. */
const MOST_CARRIES = 3;

export class AgentsReleases {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    this.limits = launcher.limits;
    this.isBuilding = false;
    /** Commits that are being taken. @type {Set<string>} */
    this.taking = new Set();
    /** Settles when the last of them is taken. @type {Promise<void>} */
    this.lastTaken = Promise.resolve();
    this.notBeforeMs = 0;
    this.watch = new Watch(launcher);
  }

  /** The agents' release that runs on trial. */
  onTrial() {
    const running = this.launcher.running?.release.n;
    return (
      this.launcher.state.releases.find(
        (release) => release.n === running && release.state === "trial" && release.proposal,
      ) ?? null
    );
  }

  /**
   * Takes what a person approved, from the repository that the server keeps; here are its bytes and a plan to try them.
   * The same commit is taken once, or again for another approval when it was dropped. The server offers an approved
   * change every second until it is taken, so an approval outlasts a full disk.
   * @param {import("./run-server.mjs").ReleaseLine} asked
   */
  async take(asked) {
    const { commit, item, carried } = asked;
    const isKnown = this.launcher.state.releases.some(
      ({ contents, state, proposal, needsApproval }) =>
        contents === `commit ${commit}` &&
        (state !== "dropped" || (proposal?.item === item && (carried !== undefined || !needsApproval))),
    );
    if (isKnown || this.taking.has(commit) || this.launcher.disk.isFull()) return;
    const begunMs = performance.now();
    this.taking.add(commit);
    // In the order of the approvals, and with a number of its own for each: reading one takes longer than another.
    const taken = this.lastTaken.then(() => this.takeNew(asked));
    this.lastTaken = taken.catch(() => {});
    try {
      await taken;
    } catch (error) {
      // The server asks again.
      if (this.launcher.disk.wasFull(begunMs)) return;
      this.add({
        ...this.approved(asked),
        state: "dropped",
        why: `It could not be read: ${/** @type {Error} */ (error).message}`,
        needsApproval: asked.carried !== undefined,
      });
    } finally {
      this.taking.delete(commit);
    }
  }

  /** @param {import("./run-server.mjs").ReleaseLine} asked */
  async takeNew(asked) {
    const { home, start } = this.launcher;
    const { tree, base, judged } = await takeCommit(home, path.join(start.data, "self.git"), asked.commit);
    // The marks of the permanent release and of the change both count, so the change cannot free a file.
    const marks = { before: await marksIn(home, base), after: await marksIn(home, tree) };
    const guardedFiles = guardedFilesIn(await changedFiles(home, base, tree), marks);
    const said = await saidBy(home, path.join(start.data, "self.git"), asked.commit);
    const release = { ...this.approved(asked), ...said };
    const persons = permanentOf(this.launcher.state)?.persons ?? null;
    const flags = flagsIn(asked.evidence);
    // A commit of the launcher's own, for the gates that have not judged it yet.
    const later = { judged: isPartLeft(asked.evidence) ? judged : null };
    const known = { ...release, tree, persons, proposal: { ...release.proposal, base, guardedFiles, flags, ...later } };
    if (asked.carried !== undefined) return this.takeCarried(known, asked.carried);
    const refusal = this.refusalOf(known);
    this.add(refusal === null ? known : { ...known, ...refusal, state: "dropped" });
  }

  /**
   * Takes an approved change that the server carried over, without a new approval if nothing in it changed. The
   * launcher itself knows whose approval it was.
   * @param {Release & { proposal: Proposal }} release @param {string} from a commit
   */
  async takeCarried(release, from) {
    const { item } = release.proposal;
    const isFormer = (/** @type {Release} */ listed) =>
      listed.stale && listed.contents === `commit ${from}` && listed.proposal?.item === item;
    const former = this.launcher.state.releases.find(isFormer);
    if (!former?.proposal) return this.add(unapproved(release, "No approved change waits to be carried over to it."));
    const approved = former.proposal.carried?.approved ?? { tree: former.tree ?? "", base: former.proposal.base };
    const times = (former.proposal.carried?.times ?? 0) + 1;
    const proposal = { ...release.proposal, by: former.proposal.by, carried: { from, times, approved } };
    const carried = { ...release, proposal };
    const difference = await this.carriedDifference(carried, former.proposal);
    // A person may have switched changes off meanwhile.
    if (!this.launcher.state.releases.some(isFormer))
      return this.add(unapproved(carried, "It was stopped while it was carried over."));
    const refusal = this.refusalOf(carried);
    if (difference !== null) return this.add(unapproved(carried, `Carried over, it ${difference}.`), former);
    this.add(refusal === null ? carried : { ...carried, ...refusal, state: "dropped" }, former);
  }

  /** @param {Release & { proposal: Proposal }} carried @param {Proposal} former @returns {Promise<string | null>} what a person did not approve, which goes on after "it" */
  async carriedDifference({ tree, commit, proposal }, former) {
    const { base, guardedFiles, flags = [], evidence, carried } = proposal;
    if (!isPassed(evidence, commit ?? "")) return "was not passed by the gates";
    const approved = carried?.approved ?? { tree: "", base: "" };
    const difference = await differenceOf(this.launcher.home, approved, { tree: tree ?? "", base });
    if (difference !== null) return difference;
    const newlyGuarded = addedTo(former.guardedFiles, guardedFiles);
    if (newlyGuarded) return `changes files that are guarded now (${newlyGuarded})`;
    const newFlags = addedTo(former.flags, flags);
    return newFlags ? `has flags that it did not have (${newFlags})` : null;
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

  /** Written together with the end of the change that it was carried over from, which is used only once. @param {Release} release @param {Release} [former] */
  add(release, former) {
    const { state } = this.launcher;
    const added = { ...release, n: state.next };
    const releases = state.releases.map((listed) => (listed.n === former?.n ? { ...listed, stale: false } : listed));
    const { by, carried } = release.proposal ?? {};
    const how = carried && `Carried over from ${carried.from.slice(0, 12)}, approved by ${by}.`;
    const why = [how, release.why].filter(Boolean).join(" ");
    // Before it counts, because after a kill in between an approval may be reported twice, but never not at all.
    this.launcher.note(release.state, { release: added, by: by ?? "", ...(why && { why }) });
    this.launcher.save({ ...state, next: added.n + 1, releases: [...releases, added] });
  }

  /** Why this can never be released. @param {Release} release @returns {{ why: string, stale: boolean } | null} */
  refusalOf({ n, tree, proposal }) {
    const { state } = this.launcher;
    if (!isAsJudged(proposal?.evidence ?? "", proposal?.gates ?? ""))
      return { why: "What the gates saw is gone, or was changed.", stale: false };
    if (proposal?.base !== permanentOf(state)?.tree) {
      const why = "Another release became permanent after it was checked.";
      if ((proposal?.carried?.times ?? 0) < MOST_CARRIES) return { why, stale: true };
      return { why: `${why} It was carried over ${MOST_CARRIES} times already.`, stale: false };
    }
    const bad = state.releases.find((release) => release.state === "bad" && release.tree === tree && release.n !== n);
    return bad ? { why: `The same was taken back as release ${bad.n}.`, stale: false } : null;
  }

  lastWait = "It is tried again soon.";

  /** Takes the next step, if there is one. */
  async check() {
    const { launcher } = this;
    const trial = this.onTrial();
    if (trial) {
      await this.watch.once(trial);
      return launcher.tell();
    }
    for (const release of launcher.state.releases.filter(({ state }) => state === "approved")) {
      const refusal = this.refusalOf(release);
      if (refusal !== null) this.drop(release, refusal.why, "dropped", refusal.stale);
    }
    const next = nextOf(launcher);
    if (!next || !launcher.running) return;
    const waits = waitOf(launcher, next, performance.now() < this.notBeforeMs ? this.lastWait : null);
    storeWaits(launcher, { n: next.n, waits });
    if (waits !== null) return;
    if (next.bytes === null) this.build(next);
    else await this.begin(next);
  }

  /** Runs beside the server, which continues meanwhile. @param {Release} release */
  build(release) {
    if (this.isBuilding) return;
    this.isBuilding = true;
    const { launcher } = this;
    launcher.note("build", { release });
    const begunMs = performance.now();
    void makeCandidate(launcher, release)
      .then((made) => {
        if (launcher.state.releases.find(({ n }) => n === release.n)?.state !== "approved") return;
        if (!("why" in made)) return launcher.change({ [release.n]: made });
        if (launcher.disk.wasFull(begunMs)) return this.postpone(release, "The disk was full.");
        // A person's release may have come first: then nothing is known about the change itself.
        const refusal = this.refusalOf(release);
        if (refusal !== null) return this.drop(release, refusal.why, "dropped", refusal.stale);
        this.drop(release, `It ${made.why}`, "bad");
      })
      .catch((error) => this.postpone(release, error.message))
      .finally(() => {
        this.isBuilding = false;
        launcher.push({ kind: "poll" });
      });
  }

  /** @param {Release} release @param {string} why @param {"dropped" | "bad"} [state] @param {boolean} [stale] */
  drop(release, why, state = "dropped", stale = false) {
    this.launcher.change({ [release.n]: { state, why, waits: null, stale } });
    this.launcher.note(state, { release: { ...release, state, why, stale }, why });
  }

  /** @param {Release} release @param {string} why */
  postpone(release, why) {
    this.notBeforeMs = performance.now() + this.limits.retryMs;
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
      const steps = await stepsOf(launcher, run, permanent);
      isOnTrial = await this.enter(release, permanent, run, { steps, answerBeforeMs: slowOf(answers) });
    } catch (error) {
      this.postpone(release, /** @type {Error} */ (error).message);
    }
    // Whatever interrupted it: without a trial the server continues.
    if (isOnTrial) await launcher.end(`the launcher, for release ${release.n}`);
    else run.resume();
  }

  /** Lets turns end and stores the trial. @param {Release} release @param {Release} permanent @param {Run} run @param {{ steps: string[], answerBeforeMs: number }} measured @returns {Promise<boolean>} whether it is stored */
  async enter(release, permanent, run, measured) {
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
    const compared = { internalBefore: internal, memoryBefore, ...measured, pages: pages ?? [] };
    const trial = { schema, audit, startedMs, cursor, ...compared };
    const state = launcher.state;
    const releases = state.releases.map((other) =>
      other.n === release.n ? { ...other, state: /** @type {const} */ ("trial"), trial, tries: 2, waits: null } : other,
    );
    const agentsAt = [...state.agentsAt.filter((at) => isRecent(at, DAY_MS)), new Date().toISOString()];
    launcher.mustSave({ ...state, releases, agentsAt });
    launcher.note("trial", { release });
    return true;
  }

  /** Drops the releases that wait, and takes back the release on trial. @param {string} by */
  async halt(by) {
    const why = `Changes by agents were switched off by ${by}.`;
    for (const release of this.launcher.state.releases.filter(({ state, stale }) => state === "approved" || stale))
      this.drop(release, why);
    if (this.onTrial()) await this.launcher.takeBackRunning(`was stopped: ${why}`, "dropped");
  }

  /**
   * Lets a trial wait that would begin on a full disk, as after a restart, or under another Node: the permanent release
   * serves meanwhile, and the trial begins again when there is space, or when it is built for this Node.
   * @param {Release} release @param {Release} permanent
   */
  async isPutOff(release, permanent) {
    const { launcher } = this;
    const { n, proposal, trial } = release;
    const fits = runsHere(release);
    if (!proposal || !trial || (fits && !launcher.disk.isFull())) return false;
    const { mended, fault } = await mendTables(launcher, permanent, trial.schema);
    if (fault !== null) {
      // So that each later start tries again.
      launcher.takeBack(n, "could not go on, because the database could not be put right", "dropped");
      return true;
    }
    if (mended) launcher.note("mended", { why: mended });
    const changed = launcher.changed({ [n]: { state: "approved", trial: null, ...(!fits && { bytes: null }) } });
    // It did not have its turn.
    launcher.save({ ...changed, agentsAt: changed.agentsAt.slice(0, -1) });
    return true;
  }

  /** Remembers what the permanent release has to repair. @param {Release} release @param {string} why @returns {Partial<import("./state.mjs").State>} */
  takenBack(release, why) {
    const { state } = this.launcher;
    const { rollbacksAnHour, rollbacksADay } = this.limits;
    const { trial, proposal, n } = release;
    if (!trial || !proposal) return {};
    const takenBackAt = [...state.takenBackAt.filter((at) => isRecent(at, DAY_MS)), new Date().toISOString()];
    const isTooMuch = recent(takenBackAt, HOUR_MS) >= rollbacksAnHour || recent(takenBackAt, DAY_MS) >= rollbacksADay;
    const halted = isTooMuch
      ? `${takenBackAt.length} releases of agents were taken back within a day. Look at them, then allow more with \`npx banyan releases resume\`.`
      : state.halted;
    const { startedMs, schema } = trial;
    return { takenBack: { n, item: proposal.item, why, startedMs, schema, mended: null }, takenBackAt, halted };
  }
}

/** @template {Release} T @param {T} release @param {string} why @returns {T} */
function unapproved(release, why) {
  return { ...release, state: "dropped", why, needsApproval: true };
}

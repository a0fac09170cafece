/** Proves a release of agents that has just come up, and watches it until it is permanent or worse than the one before. */
import { randomUUID } from "node:crypto";
import { judgeWhole } from "./probe.mjs";
import { permanentOf } from "./state.mjs";
import {
  askPages,
  brokenPages,
  comparable,
  memoryOf,
  slowOf,
  urlOf,
  worseAtOnce,
  worseByCount,
} from "./trial-checks.mjs";

/** @typedef {import("./state.mjs").Release} Release @typedef {import("./run-server.mjs").Run} Run @typedef {import("./probe.mjs").Look} Look */

const ANSWERS_KEPT = 20;
/** Times of pages: as many rounds, with up to six pages each. */
const PAGES_KEPT = 120;

export class Watch {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    this.limits = launcher.limits;
    /** Times are on the clock of the process, which stands still while the machine sleeps, and which nobody sets. */
    this.seen = {
      sinceMs: 0,
      nextMs: 0,
      bad: 0,
      cursor: 0,
      answersMs: /** @type {number[]} */ ([]),
      pagesMs: /** @type {number[]} */ ([]),
      asked: 0,
      failed: 0,
      claims: -1,
      claimedMs: 0,
      fullMs: 0,
    };
    /** What the whole gates said of the release that is watched; null before, and where there is nothing left for them. @type {Awaited<ReturnType<typeof judgeWhole>> | null} */
    this.judgement = null;
  }

  /** Whether it has ended, or something else comes first. @param {Run} run */
  isDone(run) {
    return this.launcher.running !== run || this.launcher.events.isInterrupted();
  }

  /**
   * Proves a release that has just come up, before it may claim anybody's task.
   * @param {Run} run @param {Release} release @returns {Promise<string | null>} what is wrong; goes on after "it"
   */
  async prove(run, release) {
    const { bootMs, goodChecks, bootPollMs, watchPollMs } = this.limits;
    const untilMs = performance.now() + bootMs;
    this.seen = {
      sinceMs: 0,
      nextMs: 0,
      bad: 0,
      cursor: release.trial?.cursor ?? 0,
      answersMs: [],
      pagesMs: [],
      asked: 0,
      failed: 0,
      claims: -1,
      claimedMs: performance.now(),
      fullMs: 0,
    };
    /** @type {string | null} */
    let problem = null;
    for (let good = 0; good < goodChecks; ) {
      if (this.isDone(run)) return "ended before it was proved";
      problem = await this.check(run, release);
      good = problem === null ? good + 1 : 0;
      if (performance.now() > untilMs) return problem ?? "took too long to answer well three times";
      if (problem !== null || good < goodChecks)
        await this.launcher.events.pause(Math.min(bootPollMs, untilMs - performance.now()));
    }
    run.claim();
    this.launcher.note("watch", { release });
    this.judgeWhole(run, release);
    this.seen = {
      ...this.seen,
      sinceMs: performance.now(),
      nextMs: performance.now() + watchPollMs,
      claimedMs: performance.now(),
      answersMs: [],
      // The first requests of all are slow and may fail, and are over now.
      pagesMs: [],
      asked: 0,
      failed: 0,
    };
    return null;
  }

  /**
   * The gates that the first part left out run beside the watch. They end with the server on trial, and begin again
   * with the next one.
   * @param {Run} run @param {Release} release
   */
  judgeWhole(run, { n, proposal, trial }) {
    this.judgement = null;
    const permanent = permanentOf(this.launcher.state);
    if (!proposal?.judged || trial?.whole || !permanent) return;
    const over = new AbortController();
    void run.ended.then(() => over.abort());
    const change = { n, judged: proposal.judged, limitMs: this.limits.gatesMs, signal: over.signal };
    void judgeWhole(this.launcher.place(), permanent, change).then((judgement) => {
      if (over.signal.aborted || this.launcher.running !== run) return;
      this.judgement = judgement;
      this.seen.nextMs = 0;
      this.launcher.push({ kind: "poll" });
    });
  }

  /** @param {Release} release @returns {Promise<boolean>} whether the whole gates ended the trial */
  async hasFailedWhole({ n }) {
    const { launcher, judgement } = this;
    if (judgement === null) return false;
    this.judgement = null;
    const { outcome, said } = judgement;
    if (outcome !== "passed") {
      // A machine that cannot run the gates says nothing about the change.
      await launcher.takeBackRunning(said, outcome === "failed" ? "bad" : "dropped");
      return true;
    }
    const release = launcher.state.releases.find((listed) => listed.n === n);
    if (release?.trial) launcher.change({ [n]: { trial: { ...release.trial, whole: said } } });
    if (release) launcher.note("judged", { release, why: said });
    return false;
  }

  /** Whether the whole gates still have to pass it. @param {Release} release */
  isUnjudged({ n, proposal }) {
    const now = this.launcher.state.releases.find((release) => release.n === n);
    return Boolean(proposal?.judged) && !now?.trial?.whole;
  }

  /** @param {Release} release */
  async once(release) {
    const { launcher, limits, seen } = this;
    const run = launcher.running;
    if (!run || performance.now() < seen.nextMs) return;
    if (await this.hasFailedWhole(release)) return;
    // An event that did not end it came while it was proved.
    if (seen.sinceMs === 0) {
      const unproved = await this.prove(run, release);
      if (unproved !== null && !this.isDone(run)) await launcher.takeBackRunning(unproved);
      return;
    }
    const problem = await this.check(run, release);
    // Another event arrived, which comes first.
    if (this.isDone(run)) return;
    seen.bad = problem === null ? 0 : seen.bad + 1;
    seen.nextMs = performance.now() + limits.watchPollMs;
    if (problem !== null && (this.isFinal || seen.bad >= limits.badChecks)) return launcher.takeBackRunning(problem);
    const isOver = problem === null && performance.now() - seen.sinceMs >= limits.watchMs;
    if (isOver && !this.isUnjudged(release)) await launcher.makePermanent(release);
  }

  /**
   * Ends a trial for what the release itself did. It may have ended since, and another release serve in its place.
   * @param {{ n: number, why: string }} worse
   */
  async end({ n, why }) {
    const { launcher } = this;
    if (launcher.running?.release.n === n) await launcher.killRunning();
    if (launcher.state.releases.some((release) => release.n === n && release.state === "trial"))
      launcher.takeBack(n, why);
  }

  /** Whether the last problem needs no second look. */
  isFinal = false;

  /** @param {Run} run @param {Release} release @returns {Promise<string | null>} */
  async check(run, release) {
    const { launcher, limits, seen } = this;
    const { trial } = release;
    const permanent = permanentOf(launcher.state);
    if (!trial || !permanent) return "has no release to compare it with";
    this.isFinal = false;
    const answer = await askPages(
      launcher.address(),
      run.expected({ schema: trial.schema, level: launcher.state.level ?? 1 }),
    );
    seen.answersMs = [...seen.answersMs, answer.answerMs].slice(-ANSWERS_KEPT);
    const isFull = seen.sinceMs === 0 || performance.now() - seen.fullMs >= limits.fullCanaryMs;
    if (isFull) seen.fullMs = performance.now();
    const audit = trial.audit ? ["--audit", `${trial.audit.seq}:${trial.audit.hash}`] : [];
    const since = ["--since", String(trial.startedMs), "--cursor", String(seen.cursor)];
    // A step that the release before cannot do proves nothing, and its probe may be too old to give an approval.
    const asks = isFull && (trial.steps ?? []).length > 0;
    const reading = await probeWithCanary(launcher, { run, permanent, asks }, [...audit, ...since]);
    const atOnce = worseAtOnce(reading, trial, isFull);
    if (atOnce !== null || "fault" in reading) {
      this.isFinal = seen.sinceMs > 0;
      return atOnce;
    }
    seen.cursor = reading.cursor;
    const pages = comparable(reading, trial);
    const numbers = this.count(release, pages);
    if (seen.sinceMs > 0) {
      const worse =
        worseByCount({ look: reading, trial, answersMs: seen.answersMs, memory: memoryOf(run.pid), numbers }, limits) ??
        this.unclaimed(reading);
      this.isFinal = worse !== null;
      if (worse !== null) return worse;
    }
    return answer.problem ?? brokenPages(pages);
  }

  /** Keeps and tells how the pages answer. @param {Release} release @param {import("./probe.mjs").Walked[]} pages */
  count({ n }, pages) {
    const { seen, launcher } = this;
    // Read again, because restarts that it asks for are counted meanwhile.
    const trial = launcher.state.releases.find((release) => release.n === n)?.trial;
    seen.asked += pages.length;
    seen.failed += pages.filter(({ status }) => status !== 200).length;
    seen.pagesMs = [...seen.pagesMs, ...pages.map(({ ms }) => ms)].slice(-PAGES_KEPT);
    const before = trial?.pages?.map(({ ms }) => ms) ?? [];
    const { asked, failed } = seen;
    const numbers = { asked, failed, slowMs: slowOf(seen.pagesMs), beforeMs: slowOf(before) };
    if (trial) launcher.change({ [n]: { trial: { ...trial, numbers } } });
    return numbers;
  }

  /** @param {Look} look @returns {string | null} */
  unclaimed({ ready, free, claims, halted }) {
    const { seen } = this;
    if (claims !== seen.claims || ready === 0 || free === 0 || halted) {
      seen.claims = claims;
      seen.claimedMs = performance.now();
      return null;
    }
    return performance.now() - seen.claimedMs > this.limits.unclaimedMs
      ? "takes no tasks, although some are ready and slots are free"
      : null;
  }
}

/**
 * Looks at the server that runs, with a canary. @param {import("./main.mjs").Launcher} launcher
 * @param {{ run: Run, permanent: Release, asks: boolean }} how @param {string[]} args
 * @returns {Promise<Look | { fault: string }>}
 */
function probeWithCanary(launcher, { run, permanent, asks }, args) {
  const nonce = randomUUID();
  run.canary(nonce, asks);
  const canary = ["--canary", nonce, "--wait", String(launcher.limits.canaryMs)];
  return launcher.ask(permanent, ["look", urlOf(launcher.address()), ...canary, ...args]);
}

/**
 * Returns what a canary of the permanent release does besides, so that a release on trial has to do it too. Nothing where
 * its canary had no time: what is not measured cannot be compared.
 * @param {import("./main.mjs").Launcher} launcher @param {Run} run @param {Release} permanent @returns {Promise<string[]>}
 */
export async function stepsOf(launcher, run, permanent) {
  const reading = await probeWithCanary(launcher, { run, permanent, asks: true }, []);
  if ("fault" in reading || reading.canary !== "done") return [];
  return /** @type {const} */ (["command", "approval"]).filter((step) => reading[step] === "done");
}

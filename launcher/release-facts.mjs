/** The facts about releases that a server shows; the server turns them into sentences. */
import { formerOf } from "./crashes.mjs";
import { readJournal } from "./journal.mjs";
import { DAY_MS, isRecent, recent } from "./limits.mjs";
import { permanentOf } from "./state.mjs";
import { memoryOf, slowOf } from "./trial-checks.mjs";
import { confirmationOf } from "./waits.mjs";

/** @typedef {import("./state.mjs").Release} Release @typedef {import("./journal.mjs").Line} Line */

const RELEASES_TOLD = 20;
const LINES_TOLD = 12;
/** The rest of the journal is for people who search for a fault. */
const TOLD = [
  "approved",
  "confirm",
  "trial",
  "judged",
  "permanent",
  "bad",
  "dropped",
  "back",
  "mended",
  "refused",
  "resume",
];

export class Told {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    /** @type {Line[]} */
    this.lines = [];
    /** When the permanent release became permanent. @type {string | null} */
    this.permanentAt = null;
    for (const line of readJournal(launcher.home)) this.heard(line);
  }

  /** @param {Line} line */
  heard(line) {
    if (line.what === "permanent") this.permanentAt = line.at;
    if (TOLD.includes(line.what)) this.lines = [...this.lines, line].slice(-LINES_TOLD);
  }

  status() {
    const { launcher } = this;
    const { releases, halted } = launcher.state;
    const shown = releases.filter(({ proposal }) => proposal).slice(-RELEASES_TOLD);
    const persons = releases.findLast(({ tree, persons: own }) => tree !== null && tree === own);
    return {
      halted,
      runs_whole_gates: true,
      notice: this.notice(),
      held_seeds: launcher.heldSeeds,
      persons_at: persons?.madeAt ?? null,
      releases: shown.map((release) => this.agentsRelease(release)),
      now: this.now(),
    };
  }

  /** Why a person's newest version does not serve, as sentences; null when it does. */
  notice() {
    const { releases } = this.launcher.state;
    const permanent = permanentOf(this.launcher.state);
    const newest = releases.findLast(({ state }) => state === "permanent" || state === "retired");
    const bad = releases.findLast(({ state, proposal }) => state === "bad" && proposal === null);
    if (!permanent || !bad || bad.n < (newest?.n ?? 0)) return null;
    return `Your version, release ${bad.n}, was taken back. ${bad.why} Release ${permanent.n} serves. Mend what is wrong, then restart.`;
  }

  /** @param {Release} release */
  agentsRelease({ n, state, commit, madeAt, why, waits, proposal, trial, title, about, stale, needsApproval }) {
    const until = state === "trial" ? this.trialUntil() : null;
    return {
      n,
      state,
      commit,
      title,
      about,
      made_at: madeAt,
      why,
      waits,
      item: proposal?.item ?? "",
      approved_by: proposal?.by ?? null,
      stale,
      needs_approval: needsApproval,
      carried_from: proposal?.carried?.from ?? null,
      numbers: pageNumbers(trial),
      trial_since: trial ? new Date(trial.startedMs).toISOString() : null,
      trial_until: until,
      whole_gates: wholeGates({ proposal, trial }),
      needs_confirmation: confirmationOf(this.launcher, { n, proposal }) !== null,
    };
  }

  /** @returns {string | null} when the watch is over; null before it has begun */
  trialUntil() {
    const { agents, limits } = this.launcher;
    const { sinceMs } = agents.watch.seen;
    if (sinceMs === 0) return null;
    const leftMs = sinceMs + limits.watchMs - performance.now();
    return new Date(Date.now() + leftMs).toISOString();
  }

  now() {
    const { state, running, started, cell } = this.launcher;
    const permanent = permanentOf(state);
    const before = formerOf(state);
    const serving = running?.release;
    return {
      serving: serving ? { ...named(serving), since: started.at } : null,
      permanent: permanent ? { ...named(permanent), since: this.permanentAt } : null,
      before: before ? named(before) : null,
      trial: this.trial(),
      limits: this.limits(),
      without_wall: cell.open ? null : cell.why,
      journal: this.lines.map(({ at, what, release, why, by }) => ({
        at,
        what,
        n: release?.n ?? null,
        title: release?.title ?? null,
        why: why ?? null,
        by: by || null,
      })),
    };
  }

  /** The figures of the release on trial, against those of the permanent one just before. */
  trial() {
    const { agents, running } = this.launcher;
    const release = agents.onTrial();
    if (!release?.trial || !running) return null;
    const { answersMs, bad } = agents.watch.seen;
    const { answerBeforeMs, memoryBefore } = release.trial;
    return {
      n: release.n,
      answer_ms: answersMs.length > 0 ? slowOf(answersMs) : null,
      answer_ms_before: answerBeforeMs,
      memory_bytes: memoryOf(running.pid),
      memory_bytes_before: memoryBefore,
      bad_looks: bad,
    };
  }

  limits() {
    const { state, limits } = this.launcher;
    const { apartMs, mostADay, healthyMs, watchMs, rollbacksADay } = limits;
    const begun = state.agentsAt
      .filter((at) => isRecent(at, DAY_MS))
      .map((at) => Date.parse(at))
      .sort((a, b) => a - b);
    const byDay = begun.length >= mostADay ? (begun.at(-mostADay) ?? 0) + DAY_MS : 0;
    const nextMs = Math.max(byDay, (begun.at(-1) ?? 0) + (begun.length > 0 ? apartMs : 0));
    return {
      used: recent(state.agentsAt, DAY_MS),
      most: mostADay,
      next_at: nextMs > Date.now() ? new Date(nextMs).toISOString() : null,
      taken_back: recent(state.takenBackAt, DAY_MS),
      most_taken_back: rollbacksADay,
      minutes: { apart: apartMs / 60_000, healthy: healthyMs / 60_000, watch: watchMs / 60_000 },
    };
  }
}

/** @param {Release} release */
function named({ n, title, commit, proposal, madeAt }) {
  return { n, title, commit, by_agents: proposal !== null, made_at: madeAt };
}

/** @param {Pick<Release, "proposal" | "trial">} release @returns {{ state: "left" | "passed", said: string | null } | null} null: nothing is left for them */
function wholeGates({ proposal, trial }) {
  if (!proposal?.judged) return null;
  return { state: trial?.whole ? "passed" : "left", said: trial?.whole ?? null };
}

/** @param {import("./state.mjs").Trial | null} trial */
function pageNumbers(trial) {
  if (!trial?.numbers) return null;
  const { asked, failed, slowMs, beforeMs } = trial.numbers;
  const unmeasured = ["command", "approval"].filter((step) => !(trial.steps ?? []).includes(step));
  return { asked, failed, slow_ms: slowMs, before_ms: beforeMs, not_measured: unmeasured };
}

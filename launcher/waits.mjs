/** Which of agents' releases comes next, and what each of them waits for. */
import { DAY_MS, recent } from "./limits.mjs";

/** @typedef {import("./state.mjs").Release} Release @typedef {import("./main.mjs").Launcher} Launcher */

/**
 * Returns the approved release that comes next: one that nobody has to confirm comes before those that a person may
 * confirm days later.
 * @param {Launcher} launcher @returns {Release | null}
 */
export function nextOf(launcher) {
  const approved = launcher.state.releases.filter(({ state }) => state === "approved");
  return approved.find((release) => confirmationOf(launcher, release) === null) ?? approved[0] ?? null;
}

/** Stores what each approved release waits for. @param {Launcher} launcher @param {{ n: number, waits: string | null }} next */
export function storeWaits(launcher, next) {
  /** @type {Record<number, Partial<Release>>} */
  const changes = {};
  for (const release of launcher.state.releases) {
    if (release.state !== "approved") continue;
    const behind = () => confirmationOf(launcher, release) ?? `Release ${next.n} comes first.`;
    const waits = release.n === next.n ? next.waits : behind();
    if (waits !== release.waits) changes[release.n] = { waits };
  }
  if (Object.keys(changes).length > 0) launcher.change(changes);
}

/**
 * Why a release has to wait.
 * @param {Launcher} launcher @param {Release} release @param {string | null} later it could not be taken just now; one sentence
 * @returns {string | null} one sentence
 */
export function waitOf(launcher, release, later) {
  const { state, cell, running, started, disk } = launcher;
  const { healthyMs, apartMs, mostADay } = launcher.limits;
  if (state.halted) return `Nothing is released: ${state.halted}`;
  const { takenBack } = state;
  if (takenBack?.mended === null && takenBack.fault) return `${takenBack.fault} The next start tries again.`;
  if (!cell.builds) return "Bubblewrap builds agents' releases, and it is missing here or may not make namespaces.";
  const confirmation = confirmationOf(launcher, release);
  if (confirmation !== null) return confirmation;
  if (recent(state.agentsAt, DAY_MS) >= mostADay) return `${mostADay} releases of agents in 24 hours are the most.`;
  if (recent(state.agentsAt, apartMs) > 0) return "Releases of agents begin an hour apart.";
  if (!running || performance.now() - started.ms < healthyMs)
    return "The permanent release has to serve for ten minutes first.";
  if (!disk.hasSpaceForTrial()) return "The disk has too little space for a copy of the database.";
  return later;
}

/** @param {Launcher} launcher @param {Pick<Release, "n" | "proposal">} release @returns {string | null} what a person has to confirm, and how */
export function confirmationOf({ cell }, { n, proposal }) {
  if (proposal?.confirmedBy !== null || (proposal.guardedFiles.length === 0 && cell.open)) return null;
  const why =
    proposal.guardedFiles.length > 0
      ? `It changes ${proposal.guardedFiles.slice(0, 3).join(", ")}`
      : "Releases run with all rights of this account here";
  const again = proposal.carried ? " A confirmation before it was carried over does not count." : "";
  return `${why}: confirm it on this machine with \`npx banyan releases confirm ${n}\`.${again}`;
}

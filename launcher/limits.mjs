/** How long things may take and how often they may happen. Tests give others. */

export const LIMITS = {
  /** How long a server that starts may be without a sign of life: on a busy machine a start takes as long as it takes. */
  startMs: 90_000,
  /** How much processor time a start may use: usually ten seconds, and more with a large database. */
  mostCpuMs: 180_000,
  /** Then it is given up, whatever it does. */
  longestStartMs: 1_800_000,
  /** A person's new release that dies within this time gives way at once. */
  provingMs: 60_000,
  /** How long the permanent release must have served without a crash before anything replaces it. */
  healthyMs: 600_000,
  /** Between two releases of agents, and how many a day. */
  apartMs: 3_600_000,
  mostADay: 3,
  /** How often waiting releases are checked, and the switch. */
  pollMs: 5_000,
  haltPollMs: 1_000,
  /** After this many good rounds in a row, within the limit, a new release may claim tasks. */
  goodChecks: 3,
  bootPollMs: 5_000,
  bootMs: 90_000,
  /** Then it is watched. */
  watchMs: 1_800_000,
  watchPollMs: 30_000,
  badChecks: 3,
  canaryMs: 60_000,
  /**
   * How often a canary of the watch also runs a command and asks for an approval; every canary that proves a release
   * does both.
   */
  fullCanaryMs: 300_000,
  unclaimedMs: 120_000,
  /** How long a release that stops waits for its turns to end. */
  drainMs: 60_000,
  /** How long it waits for calls that must not be cut off. */
  longDrainMs: 1_800_000,
  buildMs: 1_800_000,
  /** The whole gates of a release that was proposed with their first part. */
  gatesMs: 3 * 3_600_000,
  probeMs: 120_000,
  /** After a step that could not be taken, such as a command that does not end. */
  retryMs: 600_000,
  /** A release's rehearsal, and one held-out test in it. */
  rehearsalMs: 1_800_000,
  testMs: 300_000,
  /** After this many rollbacks no other release follows until a person allows it. */
  rollbacksAnHour: 2,
  rollbacksADay: 3,
  /** Left on the disk, besides twice the database. */
  spareBytes: 1_000_000_000,
  /** Below these numbers a release never counts as worse than the one before it. */
  fewInternal: 5,
  quickMs: 1_000,
  smallBytes: 1_000_000_000,
};

/** @typedef {typeof LIMITS} Limits */

/** @param {Limits} limits @returns {import("./start-watch.mjs").StartLimits} */
export function startLimits({ startMs, mostCpuMs, longestStartMs: longestMs }) {
  return { startMs, mostCpuMs, longestMs };
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** @param {readonly string[]} times ISO 8601 @param {number} withinMs @returns {number} how many lie within the time before now */
export function recent(times, withinMs) {
  return times.filter((at) => isRecent(at, withinMs)).length;
}

/**
 * Also of a time that is a little later than now, because a clock that was far ahead and then set right must not hold up
 * releases until that time has come.
 * @param {string} at ISO 8601 @param {number} withinMs
 */
export function isRecent(at, withinMs) {
  return Math.abs(Date.now() - Date.parse(at)) < withinMs;
}

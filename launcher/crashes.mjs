/**
 * Handles crashes of the permanent release: it starts again, after growing delays, and gives way to the release before
 * it when the crashes continue.
 */
import { apologize } from "./port.mjs";
import { runsHere } from "./releases.mjs";
import { say } from "./say.mjs";
import { permanentOf } from "./state.mjs";

const CRASH_WINDOW_MS = 600_000;
/** So many crashes within the window, and the release before is taken. */
const MOST_CRASHES = 5;
const LONGEST_DELAY_MS = 30_000;

export class Crashes {
  /** @param {import("./main.mjs").Launcher} launcher */
  constructor(launcher) {
    this.launcher = launcher;
    /** When, on the clock of the process, and whether the disk was full then. @type {{ atMs: number, isFull: boolean }[]} */
    this.times = [];
  }

  /** The server ended unasked. @param {{ how: string, n: number }} end `n`: its release */
  async after({ how, n }) {
    const { launcher } = this;
    const trial = launcher.state.releases.find(({ state, proposal }) => state === "trial" && proposal);
    if (trial) return launcher.takeBack(trial.n, how);
    if (permanentOf(launcher.state)?.n !== n) return;
    say(`The server ${how}. It starts again.`);
    if (this.givesWay(how)) return;
    const delay = this.times.length < 2 ? 0 : Math.min(LONGEST_DELAY_MS, 500 * 2 ** this.times.length);
    if (delay === 0) return;
    const end =
      launcher.held && apologize(launcher.held, "Banyan is starting again. Nothing is lost; reload in a moment.");
    await launcher.events.pause(delay);
    end?.();
  }

  /** One side of the server ended, and its supervisor starts it again. @param {{ how: string, n: number }} end */
  async afterSide({ how, n }) {
    const { launcher } = this;
    if (launcher.running?.release.n !== n || permanentOf(launcher.state)?.n !== n) return;
    // The journal is kept forever, and a release that nothing can replace may report this again and again.
    if (this.recent().length > MOST_CRASHES) return;
    if (this.givesWay(how)) await launcher.killRunning();
  }

  /** Once a person's new release has served for a minute, a crash is followed by another start of it. */
  proveLater() {
    const { launcher } = this;
    const { running, limits } = launcher;
    const permanent = permanentOf(launcher.state);
    if (!running || !permanent || permanent.isProved) return;
    setTimeout(() => {
      if (launcher.running === running) launcher.change({ [permanent.n]: { isProved: true } });
    }, limits.provingMs).unref();
  }

  recent() {
    return this.times.filter(({ atMs }) => performance.now() - atMs < CRASH_WINDOW_MS);
  }

  /** Counts a crash of the permanent release. @param {string} how @returns {boolean} whether another release is permanent now */
  givesWay(how) {
    const { launcher } = this;
    const isFull = launcher.disk.wasFull();
    this.times = [...this.recent(), { atMs: performance.now(), isFull }];
    launcher.note("crash", { why: how });
    // Then the former release would crash too.
    if (isFull) return false;
    if (permanentOf(launcher.state)?.isProved === false) return this.goBack(`It ${how} in its first minute.`);
    const own = this.times.filter((crash) => !crash.isFull).length;
    return own >= MOST_CRASHES && this.goBack(`It crashed ${MOST_CRASHES} times in ten minutes.`);
  }

  /** Takes the release before the permanent one, if it can read the database. @param {string} why @returns {boolean} whether there was one */
  goBack(why) {
    const { launcher } = this;
    const { state } = launcher;
    const permanent = permanentOf(state);
    const before = formerOf(state);
    if (!permanent || !before) return false;
    const { takenBack, ...counts } = launcher.agents.takenBack(permanent, why);
    // Its tables were checked in its trial, and may have grown since.
    const told = takenBack ? { ...counts, takenBack: { ...takenBack, mended: "" } } : {};
    const changes = {
      [permanent.n]: { state: /** @type {const} */ ("bad"), why },
      [before.n]: { state: /** @type {const} */ ("permanent") },
    };
    // One write: a kill between two would leave no permanent release.
    launcher.save({ ...launcher.changed(changes), ...told });
    launcher.note("permanent", { release: { ...before, state: "permanent" }, why });
    say(`Release ${permanent.n} was taken back. ${why} Release ${before.n} serves instead.`);
    this.times = [];
    return true;
  }
}

/**
 * Returns the release to go back to: the one that the permanent release replaced, not a newer one that a person left.
 * @param {import("./state.mjs").State} state @returns {import("./state.mjs").Release | null} null: none can read the database
 */
export function formerOf(state) {
  const fit = state.releases.filter(
    (release) => release.state === "retired" && (release.reads ?? 0) >= (state.level ?? 1) && runsHere(release),
  );
  const former = permanentOf(state)?.former;
  return fit.find(({ n }) => n === former) ?? fit.at(-1) ?? null;
}

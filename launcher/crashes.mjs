/** The permanent release crashed: it starts again, after growing delays, and gives way to the one before when it goes on. */
import { apologize } from "./port.mjs";
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
    /** When, Unix time. @type {number[]} */
    this.times = [];
  }

  /** @param {string} how */
  async after(how) {
    const { launcher } = this;
    const now = Date.now();
    this.times = [...this.times.filter((at) => now - at < CRASH_WINDOW_MS), now];
    launcher.note("crash", { why: how });
    say(`The server ${how}. It starts again.`);
    if (this.times.length >= MOST_CRASHES) this.goBack();
    const delay = this.times.length < 2 ? 0 : Math.min(LONGEST_DELAY_MS, 500 * 2 ** this.times.length);
    if (delay === 0) return;
    const end =
      launcher.held && apologize(launcher.held, "Banyan is starting again. Nothing is lost; reload in a moment.");
    await launcher.events.pause(delay);
    end?.();
  }

  /** Takes the release before the permanent one, if it can read the database. */
  goBack() {
    const { launcher } = this;
    const permanent = permanentOf(launcher.state);
    const level = launcher.state.level ?? 1;
    const before = launcher.state.releases.findLast((one) => one.state === "retired" && (one.reads ?? 0) >= level);
    if (!permanent || !before) return;
    const why = `It crashed ${MOST_CRASHES} times in ten minutes.`;
    // One write: a kill between two would leave no permanent release.
    launcher.change({ [permanent.n]: { state: "bad", why }, [before.n]: { state: "permanent" } });
    launcher.note("permanent", { release: { ...before, state: "permanent" }, why });
    say(`Release ${permanent.n} crashed ${MOST_CRASHES} times in ten minutes: release ${before.n} serves instead.`);
    this.times = [];
  }
}

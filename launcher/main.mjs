/**
 * The launcher: runs releases of Banyan, one at a time, and hands the port from one to the next. It uses nothing but
 * Node's own modules, and runs from its own copy in home, so that nothing that it runs can change it.
 */
import { mkdirSync } from "node:fs";
import { cellStatus } from "./cell.mjs";
import { listenForCommands } from "./control.mjs";
import { appendJournal } from "./journal.mjs";
import { takeLock } from "./lock.mjs";
import { apologize, holdPort } from "./port.mjs";
import { dropOld, makeRelease } from "./releases.mjs";
import { endedWith, runServer } from "./run-server.mjs";
import { permanentOf, readState, writeState } from "./state.mjs";

export { LauncherError } from "./lock.mjs";

const CRASH_WINDOW_MS = 600_000;
/** So many crashes within the window, and the release before is taken. */
const MOST_CRASHES = 5;
const LONGEST_DELAY_MS = 30_000;
/** A wrong setting ends a server with this status, after it has said which: no release would start. */
const WRONG_SETTING = endedWith(2);

/**
 * @typedef {object} Start
 * @property {string} home
 * @property {string} checkout
 * @property {string} data
 * @property {string} host
 * @property {number} port
 * @property {string} contents a digest of what is built in the checkout
 * @property {string[]} argv
 * @property {NodeJS.ProcessEnv} env of each server
 *
 * @typedef {import("./state.mjs").Release} Release
 * @typedef {import("./run-server.mjs").Run} Run
 * @typedef {{ kind: "ended", how: string } | { kind: "stop", by: string } | { kind: "restart", by: string, contents?: string }} Event
 */

/** Serves until a person stops it. @param {Start} start @returns {Promise<number>} the exit status */
export async function launch(start) {
  mkdirSync(start.home, { recursive: true, mode: 0o700 });
  const free = takeLock(start.home);
  try {
    return await new Launcher(start).serve();
  } finally {
    free();
  }
}

class Launcher {
  /** @param {Start} start */
  constructor(start) {
    this.start = start;
    this.home = start.home;
    this.state = readState(start.home);
    this.cell = cellStatus();
    /** @type {import("./port.mjs").HeldPort | null} */
    this.held = null;
    /** @type {Run | null} */
    this.running = null;
    /** @type {number[]} */
    this.crashes = [];
    /** @type {Event[]} */
    this.events = [];
    this.wake = () => {};
    /** Answers with the outcome of a restart, to those who asked for it. @type {((said: object) => void)[]} */
    this.waiting = [];
  }

  async serve() {
    const { host, port } = this.start;
    this.held = await holdPort(host, port);
    const close = await listenForCommands(this.home, (command) => this.command(command));
    // Not SIGHUP: `nohup` must keep its meaning.
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
      process.on(signal, () => this.push({ kind: "stop", by: signal }));
    try {
      if (!this.cell.open) say(`Releases run without a wall around them: ${this.cell.why}.`);
      await this.takeCheckout(this.start.contents);
      return await this.loop();
    } finally {
      close();
      this.held?.close();
    }
  }

  /** Makes a release of what is built in the checkout, unless it is the permanent one or known to be bad. @param {string} contents */
  async takeCheckout(contents) {
    const known = this.state.releases.find((release) => release.contents === contents && release.state !== "retired");
    if (known?.state === "bad") say(`The checkout is as release ${known.n}, which was taken back: ${known.why}`);
    if (known) return;
    say("Preparing the release …");
    const n = this.state.next;
    this.save({ ...this.state, next: n + 1 });
    const made = await makeRelease(this.home, this.start.checkout, { n, contents });
    // There is nothing to go back to before the first.
    const release = permanentOf(this.state) ? made : { ...made, state: /** @type {const} */ ("permanent") };
    this.save({ ...this.state, releases: [...this.state.releases, release] });
    this.note(release.state === "permanent" ? "permanent" : "unpacked", { release });
  }

  async loop() {
    for (;;) {
      const status = await this.startNext();
      if (status !== null) return status;
      const event = await this.next();
      if (event.kind === "stop") {
        this.note("stop", { by: event.by });
        await this.end(event.by);
        say("Stopped.");
        return 0;
      }
      if (event.kind === "restart") await this.handOver(event);
      else await this.afterCrash(event.how);
    }
  }

  /** Starts the candidate if there is one, else the permanent release. @returns {Promise<number | null>} an exit status when none can start */
  async startNext() {
    if (this.running) return null;
    const candidate = this.state.releases.findLast((release) => release.state === "trial");
    if (candidate) {
      const why = candidate.tries > 0 ? await this.tryOut(candidate) : "did not answer in two starts";
      if (why === null || this.isStopping()) return null;
      if (why === WRONG_SETTING) return 2;
      this.takeBack(candidate, why);
    }
    const permanent = permanentOf(this.state);
    if (!permanent) {
      say("No release has come up. Mend what is said above, then start again.");
      return 1;
    }
    if (candidate) say(`Release ${permanent.n} serves instead.`);
    const why = await this.begin(permanent);
    if (why === WRONG_SETTING) return 2;
    if (why !== null && permanent.reads === null && !this.isStopping()) {
      say(`The server ${why}. Mend what is said above, then start again.`);
      return 1;
    }
    if (why !== null) this.push({ kind: "ended", how: why });
    return null;
  }

  /** @param {Release} candidate @returns {Promise<string | null>} why it did not come up */
  async tryOut(candidate) {
    this.change({ [candidate.n]: { tries: candidate.tries - 1 } });
    const why = await this.begin({ ...candidate, tries: candidate.tries - 1 });
    if (why !== null) return why;
    const before = permanentOf(this.state);
    this.change({ ...(before && { [before.n]: { state: "retired" } }), [candidate.n]: { state: "permanent" } });
    this.note("permanent", { release: permanentOf(this.state) ?? candidate });
    this.running?.makePermanent();
    this.save({ ...this.state, releases: await dropOld(this.home, this.state) });
    return null;
  }

  /** Starts a release and waits until it is ready. @param {Release} release @returns {Promise<string | null>} why it is not */
  async begin(release) {
    const launch = this.state.launch + 1;
    // Stored before the start: a launch number is never used twice, so that its leases end with it.
    this.save({ ...this.state, launch });
    this.note("start", { launch, release });
    const { home, cell, held } = this;
    const { checkout, data, argv, env } = this.start;
    const place = { home, checkout, data, argv, env, isInCell: cell.open, held };
    const run = runServer(place, release, launch, { onAsk: ({ what, by }) => this.push({ kind: what, by }) });
    this.running = run;
    try {
      const { level, reads } = await run.ready;
      void run.ended.then((how) => {
        if (this.running !== run) return;
        this.running = null;
        this.push({ kind: "ended", how });
      });
      this.save({ ...this.state, level });
      this.change({ [release.n]: { reads } });
      this.answer({ release: release.n });
      return null;
    } catch (error) {
      this.running = null;
      await run.stop("the launcher");
      return /** @type {Error} */ (error).message;
    }
  }

  /** @param {Release} candidate @param {string} why */
  takeBack(candidate, why) {
    this.change({ [candidate.n]: { state: "bad", why } });
    this.note("bad", { release: { ...candidate, state: "bad", why }, why });
    const problem = `Release ${candidate.n} did not come up: it ${why}.`;
    say(problem);
    this.answer({ problem });
  }

  /** @param {{ by: string, contents?: string }} event */
  async handOver({ by, contents }) {
    this.note("restart", { by });
    // Beside the server, which goes on meanwhile.
    if (contents) await this.takeCheckout(contents);
    await this.end(by);
  }

  /** @param {string} by */
  async end(by) {
    const run = this.running;
    this.running = null;
    await run?.stop(by);
  }

  /** @param {string} how */
  async afterCrash(how) {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    this.note("crash", { why: how });
    say(`The server ${how}. It starts again.`);
    if (this.crashes.length >= MOST_CRASHES) this.goBack();
    const delay = this.crashes.length < 2 ? 0 : Math.min(LONGEST_DELAY_MS, 500 * 2 ** this.crashes.length);
    if (delay === 0) return;
    const end = this.held && apologize(this.held, "Banyan is starting again. Nothing is lost; reload in a moment.");
    await this.pause(delay);
    end?.();
  }

  /** Takes the release before the permanent one, if it can read the database. */
  goBack() {
    const permanent = permanentOf(this.state);
    const level = this.state.level ?? 1;
    const before = this.state.releases.findLast((one) => one.state === "retired" && (one.reads ?? 0) >= level);
    if (!permanent || !before) return;
    const why = `It crashed ${MOST_CRASHES} times in ten minutes.`;
    // One write: a kill between two would leave no permanent release.
    this.change({ [permanent.n]: { state: "bad", why }, [before.n]: { state: "permanent" } });
    this.note("permanent", { release: { ...before, state: "permanent" }, why });
    say(`Release ${permanent.n} crashed ${MOST_CRASHES} times in ten minutes: release ${before.n} serves instead.`);
    this.crashes = [];
  }

  /** @param {Record<string, unknown>} command @returns {Promise<object>} */
  async command({ command, by, contents }) {
    const who = typeof by === "string" ? by.slice(0, 200) : "somebody";
    if (command === "status") return this.status();
    if (command === "stop") {
      this.push({ kind: "stop", by: who });
      return { stopping: true };
    }
    if (command !== "restart") return { problem: "Unknown command." };
    const said = new Promise((resolve) => this.waiting.push(resolve));
    this.push({ kind: "restart", by: who, ...(typeof contents === "string" && { contents }) });
    return /** @type {Promise<object>} */ (said);
  }

  status() {
    const { releases, launch, halted, level } = this.state;
    const serving = this.running?.release.n ?? null;
    return { pid: process.pid, serving, launch, level, halted, cell: this.cell, releases };
  }

  /** @param {object} said */
  answer(said) {
    for (const resolve of this.waiting.splice(0)) resolve(said);
  }

  /** @param {Event} event */
  push(event) {
    // A second signal does not wait for turns to end; the database holds what they did.
    if (event.kind === "stop" && this.isStopping()) process.exit(130);
    // A server that is still coming up is not waited for.
    if (event.kind === "stop") void this.running?.stop(event.by);
    this.events.push(event);
    this.wake();
  }

  isStopping() {
    return this.events.some(({ kind }) => kind === "stop");
  }

  /** @returns {Promise<Event>} */
  async next() {
    for (;;) {
      const event = this.events[0];
      if (event) {
        // A stop stays in the queue, so that a second one is noticed.
        if (event.kind !== "stop") this.events.shift();
        return event;
      }
      await new Promise((resolve) => {
        this.wake = () => resolve(undefined);
      });
    }
  }

  /** Waits, or until a person asks for something. @param {number} ms */
  async pause(ms) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** @param {Record<number, Partial<Release>>} changes by the numbers of the releases */
  change(changes) {
    const releases = this.state.releases.map((one) => ({ ...one, ...changes[one.n] }));
    this.save({ ...this.state, releases });
  }

  /** @param {import("./state.mjs").State} state */
  save(state) {
    writeState(this.home, state);
    this.state = state;
  }

  /** @param {string} what @param {Partial<import("./journal.mjs").Line>} [more] */
  note(what, more) {
    appendJournal(this.home, { what, ...more });
  }
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

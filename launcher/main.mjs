/**
 * The launcher: runs releases of Banyan, one at a time, and hands the port from one to the next. It uses nothing but
 * Node's own modules, and runs from its own copy in home, so that nothing that it runs can change it.
 */
import v8 from "node:v8";
import { AgentsReleases } from "./agents-releases.mjs";
import { Asking } from "./asking.mjs";
import { cellStatus, endLeftCells } from "./cell.mjs";
import { takeCheckout } from "./checkout.mjs";
import { writeCommand } from "./command.mjs";
import { listenForCommands } from "./control.mjs";
import { Crashes } from "./crashes.mjs";
import { Disk } from "./disk.mjs";
import { Events } from "./events.mjs";
import { appendJournal } from "./journal.mjs";
import { LIMITS, startLimits } from "./limits.mjs";
import { takeLock } from "./lock.mjs";
import { mend, toSettle } from "./mending.mjs";
import { knowSources } from "./merging.mjs";
import { servableOf } from "./other-node.mjs";
import { holdPort } from "./port.mjs";
import { probe } from "./probe.mjs";
import { Told } from "./release-facts.mjs";
import { removeOld, withoutOld } from "./releases.mjs";
import { rest } from "./rest.mjs";
import { endedWith, runServer } from "./run-server.mjs";
import { keepWatchdog, say, tolerating } from "./say.mjs";
import { heldSeedsIn } from "./source.mjs";
import { permanentOf, readState, writeState } from "./state.mjs";

export { LauncherError } from "./lock.mjs";

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
 * @property {string[]} [apart] absolute paths of what is in no release: the data folder, then the database
 * @property {string[]} argv
 * @property {NodeJS.ProcessEnv} env of each server
 * @property {boolean} [dropsAgents] takes the checkout as it is, without what agents released
 * @property {Partial<import("./limits.mjs").Limits>} [limits] tests shorten them
 *
 * @typedef {import("./state.mjs").Release} Release
 * @typedef {import("./run-server.mjs").Run} Run
 */

/** The process waits nearly all the time, so memory counts more than speed: young objects keep their first place, and code is small. */
const MEMORY_FLAGS = ["--semi-space-growth-factor=1", "--heap-growing-percent=20", "--optimize-for-size", "--no-opt"];

/** Serves until a person stops it. @param {Start} start @returns {Promise<number>} the exit status */
export async function launch(start) {
  for (const flag of MEMORY_FLAGS) v8.setFlagsFromString(flag);
  const free = takeLock(start.home, start.data, start.apart?.[1]);
  try {
    writeCommand(start);
    return await new Launcher(start).serve();
  } finally {
    free();
  }
}

export class Launcher {
  /** @param {Start} start */
  constructor(start) {
    this.start = start;
    this.home = start.home;
    this.state = readState(start.home);
    this.cell = cellStatus();
    this.limits = { ...LIMITS, ...start.limits };
    this.disk = new Disk(this);
    this.agents = new AgentsReleases(this);
    /** When what runs was ready: on the clock of the process, which stands still while the machine sleeps, and as ISO 8601. */
    this.started = { ms: 0, at: /** @type {string | null} */ (null) };
    this.events = new Events();
    /** @type {import("./port.mjs").HeldPort | null} */
    this.held = null;
    /** The result of heldSeedsIn for the running release. @type {string[] | null} */
    this.heldSeeds = null;
    /** @type {Run | null} */
    this.running = null;
    this.crashes = new Crashes(this);
    this.asking = new Asking(this);
    this.told = new Told(this);
  }

  async serve() {
    const { host, port } = this.start;
    if (process.platform === "linux") await endLeftCells(this.home);
    this.held = await holdPort(host, port);
    const close = await listenForCommands(this.home, (command) => this.asking.command(command));
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
      process.on(signal, () => this.push({ kind: "stop", by: signal }));
    const endWatchdog = keepWatchdog(() => this.address());
    const polling = setInterval(() => this.push({ kind: "poll" }), this.limits.pollMs);
    const watchingHalt = setInterval(() => this.asking.checkHalt(), this.limits.haltPollMs);
    const watchingDisk = setInterval(() => this.disk.isFull(), this.limits.haltPollMs);
    try {
      this.sayUnprotected();
      await this.prepare(this.start.contents, this.start.dropsAgents);
      return await this.loop();
    } finally {
      endWatchdog();
      clearInterval(polling);
      clearInterval(watchingHalt);
      clearInterval(watchingDisk);
      close();
      this.held?.close();
    }
  }

  /** Only agents' changes need a wall, so nothing is said while no release has any. */
  sayUnprotected() {
    if (this.cell.open || this.state.releases.every(({ proposal }) => proposal === null)) return;
    say(`Releases with changes by agents run with all rights of this account, because ${this.cell.why}.`);
  }

  /** A release that cannot be made, for want of disk space for instance, leaves the permanent one serving. @param {string} contents @param {boolean} [dropsAgents] */
  async prepare(contents, dropsAgents) {
    try {
      await knowSources(this);
      await takeCheckout(this, contents, dropsAgents);
    } catch (error) {
      if (!servableOf(this.state)) throw error;
      this.refuse(`No release could be made of the checkout: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** Reports the problem to people who wait for a restart, and in the log. @param {string} problem */
  refuse(problem) {
    say(problem);
    this.note("refused", { why: problem });
    this.asking.answer({ problem });
  }

  async loop() {
    for (;;) {
      const status = await this.startNext();
      if (status !== null) return status;
      const event = await this.events.next();
      if (event.kind === "stop") {
        this.note("stop", { by: event.by });
        // A release that stops at each start would never be judged.
        if (!event.isOfTrial) this.returnTry();
        await this.end(event.by);
        say("Stopped.");
        return 0;
      }
      if (event.kind === "restart") await this.handOver(event);
      else if (event.kind === "ended") await this.crashes.after(event);
      else if (event.kind === "worse") await this.agents.watch.end(event);
      else if (event.kind === "crashed") await this.crashes.afterSide(event);
      else await this.agentsStep(event);
    }
  }

  /** A full disk or a broken repository ends the step, and never the server. @param {{ kind: "poll" } | { kind: "halt", by: string }} event */
  async agentsStep(event) {
    try {
      await (event.kind === "halt" ? this.agents.halt(event.by) : this.agents.check());
    } catch (error) {
      this.note("failed", { why: String(error) });
      say(`A step of a release by agents could not be taken: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** Starts the candidate if there is one, else the permanent release. @returns {Promise<number | null>} an exit status when none can start */
  async startNext() {
    // The release that has just ended left an event, which decides what starts.
    if (this.running || this.events.areWaiting()) return null;
    const trials = this.state.releases.filter((release) => release.state === "trial");
    const newest = trials.findLast(({ proposal }) => proposal === null) ?? trials.at(-1);
    for (const { n } of trials.filter((trial) => trial !== newest))
      this.takeBack(n, "was on trial when a person's version came", "dropped");
    const before = servableOf(this.state);
    // Also before another release than the permanent one starts: only now the tables are as the trial left them.
    if (before) await mend(this, before);
    const candidate = before && newest && (await this.agents.isPutOff(newest, before)) ? undefined : newest;
    if (candidate) {
      const why = candidate.tries > 0 ? await this.tryOut(candidate) : "did not answer in two starts";
      if (why === null || this.events.isStopping()) return null;
      // A release by agents may choose its exit status freely.
      if (why === WRONG_SETTING && candidate.proposal === null) return 2;
      this.takeBack(candidate.n, why);
    }
    const permanent = servableOf(this.state);
    if (!permanent) {
      say("No release has come up. Mend what is said above, then start again.");
      return 1;
    }
    if (candidate) say(`Release ${permanent.n} serves instead.`);
    await mend(this, permanent);
    const why = await this.begin(permanent);
    this.crashes.proveLater();
    if (why === WRONG_SETTING) return 2;
    if (why !== null && permanent.reads === null && !this.events.isStopping()) {
      say(`The server ${why}. Mend what is said above, if anything, then start again.`);
      return 1;
    }
    if (why !== null) this.push({ kind: "ended", how: why, n: permanent.n });
    return null;
  }

  /** @param {Release} candidate @returns {Promise<string | null>} why it did not come up */
  async tryOut(candidate) {
    this.change({ [candidate.n]: { tries: candidate.tries - 1 } });
    const why = await this.begin({ ...candidate, tries: candidate.tries - 1 });
    if (why !== null) {
      // Neither a person's stop nor a wrong setting is a fault of the release.
      const isPersons = this.events.isStopping() || (why === WRONG_SETTING && candidate.proposal === null);
      if (isPersons) this.change({ [candidate.n]: { tries: candidate.tries } });
      return why;
    }
    if (candidate.proposal === null) await this.makePermanent(candidate);
    else if (this.running) {
      const problem = await this.agents.watch.prove(this.running, candidate);
      // When it has ended, or a person wants something, that event comes next.
      if (problem === null || this.events.isInterrupted()) return null;
      await this.killRunning();
      return problem;
    }
    return null;
  }

  /** @param {Release} candidate */
  async makePermanent({ n, proposal }) {
    const before = permanentOf(this.state);
    // A release by agents was watched.
    const own = { state: /** @type {const} */ ("permanent"), former: before?.n ?? null, isProved: proposal !== null };
    const next = this.changed({ ...(before && { [before.n]: { state: "retired" } }), [n]: own });
    // A person's release serves also where nothing can be stored.
    if (proposal) this.mustSave(next);
    else this.save(next);
    const release = permanentOf(this.state);
    if (release) this.note("permanent", { release });
    this.running?.makePermanent();
    this.crashes.proveLater();
    // Before the files are removed, so that nobody goes back to a release without files.
    this.save({ ...this.state, releases: withoutOld(this.state.releases) });
    await removeOld(this.home, this.state.releases);
  }

  /** Takes back the release that runs on trial. @param {string} why goes on after "it" @param {"bad" | "dropped"} [state] */
  async takeBackRunning(why, state) {
    const release = this.running?.release;
    await this.killRunning();
    if (release) this.takeBack(release.n, why, state);
  }

  async killRunning() {
    const run = this.running;
    this.running = null;
    await run?.kill();
  }

  place() {
    const { home, cell, held } = this;
    const { checkout, data, argv, env } = this.start;
    return { home, checkout, data, argv, env, isInCell: cell.open, held, start: startLimits(this.limits) };
  }

  /** Asks the permanent release's probe. @param {Release} permanent @param {string[]} args @param {string[]} [writable] @param {string[]} [readable] */
  ask(permanent, args, writable = [], readable = []) {
    const { limits, events } = this;
    const signal = events.interrupted();
    return probe(this.place(), permanent, args, { limitMs: limits.probeMs, writable, readable, signal });
  }

  address() {
    const { host, port } = this.start;
    return { host: host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host, port: this.held?.port ?? port };
  }

  /** Starts a release and waits until it is ready. @param {Release} release @returns {Promise<string | null>} why it is not */
  async begin(release) {
    this.heldSeeds = await heldSeedsIn(this.home, release);
    const launch = this.state.launch + 1;
    // Stored before the start: a launch number is never used twice, so that its leases end with it.
    this.save({ ...this.state, launch });
    this.note("start", { launch, release });
    const status = { status: this.told.status(), takenBack: toSettle(this, release) };
    const run = runServer(this.place(), release, launch, {
      onLine: (line) => this.asking.heard(line, release),
      status,
    });
    this.running = run;
    try {
      const { level, reads } = await run.ready;
      void run.ended.then((how) => {
        if (this.running !== run) return;
        this.running = null;
        this.push({ kind: "ended", how, n: release.n });
      });
      this.started = { ms: performance.now(), at: new Date().toISOString() };
      // One on trial writes what the release before it writes, whatever it says.
      if (release.state !== "trial" || release.proposal === null) this.save({ ...this.state, level });
      this.change({ [release.n]: { reads } });
      this.asking.answer({ release: release.n });
      return null;
    } catch (error) {
      this.running = null;
      await run.stop("the launcher");
      return /** @type {Error} */ (error).message;
    }
  }

  /** @param {number} n @param {string} why goes on after "it" @param {"bad" | "dropped"} [wanted] dropped: for no fault of its own */
  takeBack(n, why, wanted = "bad") {
    const candidate = this.state.releases.find((release) => release.n === n);
    if (!candidate) return;
    // Then nobody can tell whether the release or the disk was at fault.
    const isFull = this.disk.wasFull();
    const state = isFull ? "dropped" : wanted;
    const sentence = `It ${why}`.replace(/\.?$/, isFull ? ", while the disk was full." : ".");
    const taken = { ...candidate, state, why: sentence };
    const releases = this.state.releases.map((release) => (release.n === n ? taken : release));
    // In one write, so that the leftovers of the trial are repaired even after a kill.
    this.save({ ...this.state, ...this.agents.takenBack(taken, sentence), releases });
    this.note(state, { release: taken, why: sentence });
    const problem = `Release ${n} ${candidate.proposal ? "was taken back" : "did not come up"}. ${sentence}`;
    say(problem);
    if (wanted === "bad") this.asking.answer({ problem });
  }

  /** @param {{ by: string, restMs?: number, contents?: string, drop?: boolean, answer?: (said: object) => void }} event */
  async handOver({ by, restMs = 0, contents, drop = false, answer }) {
    if (answer) this.asking.waiting.push(answer);
    this.note("restart", { by });
    // Runs beside the server, which continues meanwhile.
    if (contents) await this.prepare(contents, drop);
    this.returnTry();
    await this.end(by);
    if (restMs > 0) await rest(this, restMs);
  }

  /** A start that follows a person's wish is no new try of the release on trial. */
  returnTry() {
    const trial = this.agents.onTrial();
    if (trial) this.change({ [trial.n]: { tries: trial.tries + 1 } });
  }

  /** @param {string} by */
  async end(by) {
    const run = this.running;
    this.running = null;
    await run?.stop(by);
  }

  /** @param {import("./events.mjs").Event} event */
  push(event) {
    // A server that is still coming up is not waited for.
    if (event.kind === "stop" && !this.events.isStopping()) void this.running?.stop(event.by);
    this.events.push(event);
  }

  /** @param {Record<number, Partial<Release>>} changes by the numbers of the releases */
  change(changes) {
    this.save(this.changed(changes));
  }

  /** @param {Record<number, Partial<Release>>} changes @returns {import("./state.mjs").State} */
  changed(changes) {
    return { ...this.state, releases: this.state.releases.map((release) => ({ ...release, ...changes[release.n] })) };
  }

  /** A step is done even if it cannot be stored: serving matters more than remembering. @param {import("./state.mjs").State} state */
  save(state) {
    tolerating(() => writeState(this.home, state));
    this.take(state);
  }

  /** For steps that may only be taken when they are stored. @param {import("./state.mjs").State} state */
  mustSave(state) {
    writeState(this.home, state);
    this.take(state);
  }

  /** @param {import("./state.mjs").State} state */
  take(state) {
    this.state = state;
    this.tell();
  }

  /** What servers show. */
  tell() {
    this.running?.tell({ status: this.told.status() });
  }

  /** @param {string} what @param {Partial<import("./journal.mjs").Line>} [more] */
  note(what, more) {
    this.told.heard({ at: new Date().toISOString(), what, ...more });
    tolerating(() => appendJournal(this.home, { what, ...more }));
  }
}

/**
 * Watches a server that starts. How long that takes depends on the machine and on what else runs there, so the time of a start
 * counts from the last sign of life: processor time that its processes used, or a step that it has begun.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

/** What a server does while it starts, in its order; a release names nothing else. */
const STEPS = /** @type {Record<string, string>} */ ({
  programs: "loaded its programs",
  database: "opened the database",
  configuration: "took in its agents, tools and documents",
  worker: "started its worker",
  pages: "prepared its pages",
});

/** @typedef {{ startMs: number, mostCpuMs: number, longestMs: number }} StartLimits see `LIMITS`
 * @typedef {{ cpuMs: () => number | null, nowMs: () => number, load: () => { load: number, cores: number } }} Machine `cpuMs`: null where nobody can tell */

/** With this much load for each core, a process gets less than half of the time that it wants. */
const BUSY_LOAD = 2;
/** So much of the allowed silence in processor time is a sign of life: a process that only waits uses less. */
const LIFE_SHARE = 180;

export class StartWatch {
  /** @param {StartLimits} limits @param {Machine} machine */
  constructor(limits, machine) {
    this.limits = limits;
    this.machine = machine;
    this.begunMs = machine.nowMs();
    this.aliveMs = this.begunMs;
    this.cpuMs = 0;
    /** @type {Set<string>} */
    this.steps = new Set();
    this.step = "programs";
  }

  /** A step counts once, so that a release cannot hold up the start by saying it again and again. @param {string} step */
  hear(step) {
    if (!Object.hasOwn(STEPS, step) || this.steps.has(step)) return;
    this.steps.add(step);
    this.step = step;
    this.aliveMs = this.machine.nowMs();
  }

  /** Returns why the start is given up, which continues "The server …"; null while it goes on. @returns {string | null} */
  check() {
    const { startMs, mostCpuMs, longestMs } = this.limits;
    const now = this.machine.nowMs();
    const used = this.machine.cpuMs();
    if (used !== null && used - this.cpuMs >= startMs / LIFE_SHARE) {
      this.cpuMs = used;
      this.aliveMs = now;
    }
    if (used !== null && used > mostCpuMs)
      return `did not answer after ${seconds(used)} of processor time, while it ${this.doing()}`;
    if (now - this.begunMs > longestMs) return `did not answer within ${seconds(longestMs)}, while it ${this.doing()}`;
    if (now - this.aliveMs > startMs) return `did nothing for ${seconds(startMs)}, while it ${this.doing()}`;
    return null;
  }

  doing() {
    const { load, cores } = this.machine.load();
    const busy =
      load / cores >= BUSY_LOAD
        ? `: the machine is busy, with a load of ${load.toFixed(0)} on ${cores} ${cores === 1 ? "core" : "cores"}`
        : "";
    return `${STEPS[this.step]}${busy}`;
  }

  /** A sentence for a person who waits. @returns {string} */
  said() {
    const used = this.machine.cpuMs();
    const time = used === null ? "" : ` It has used ${seconds(used)} of processor time.`;
    return `The server is still starting; last it ${this.doing()}.${time}`;
  }
}

/** @param {number} ms */
function seconds(ms) {
  const whole = Math.round(ms / 1_000);
  return whole === 1 ? "1 second" : `${whole} seconds`;
}

/** The machine, for the processes below one. @param {number | undefined} pid @returns {Machine} */
export function machineFor(pid) {
  return {
    cpuMs: () => (pid === undefined ? null : cpuMsBelow(pid)),
    nowMs: () => performance.now(),
    load: () => ({ load: loadavg()[0] ?? 0, cores: availableParallelism() }),
  };
}

const HAS_PROC = existsSync("/proc/self/stat");
/** The kernel tells times to programs in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** Returns the processor time of a process and of all below it, also of those that have ended. @param {number} pid @returns {number | null} */
export function cpuMsBelow(pid) {
  try {
    const all = HAS_PROC ? processes() : processesByPs();
    let sum = 0;
    const queue = [pid];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      sum += all.get(at)?.cpuMs ?? 0;
      for (const [below, { parent }] of all) if (parent === at) queue.push(below);
    }
    return sum;
  } catch {
    return null;
  }
}

/** @typedef {Map<number, { parent: number, cpuMs: number }>} Processes */

/** @returns {Processes} */
function processes() {
  /** @type {Processes} */
  const all = new Map();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The command's name may contain spaces and parentheses. utime, stime, cutime and cstime: proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      all.set(Number(name), { parent: Number(fields[1]), cpuMs: ticks * TICK_MS });
    } catch {
      // It has just ended.
    }
  }
  return all;
}

/** On a machine without /proc, such as a Mac. @returns {Processes} */
function processesByPs() {
  const env = { ...process.env, LC_ALL: "C" };
  const said = execFileSync("ps", ["-A", "-o", "pid=", "-o", "ppid=", "-o", "time="], { encoding: "utf8", env });
  /** @type {Processes} */
  const all = new Map();
  for (const line of said.split("\n")) {
    const [pid, parent, time = ""] = line.trim().split(/\s+/);
    // `1:02.34` or `1-02:03:04`: each part is worth sixty of the next.
    const total = time
      .replace("-", ":")
      .split(":")
      .reduce((sum, part) => sum * 60 + Number(part), 0);
    if (pid) all.set(Number(pid), { parent: Number(parent), cpuMs: total * 1_000 });
  }
  return all;
}

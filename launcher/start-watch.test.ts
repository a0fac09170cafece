import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { cpuMsBelow, StartWatch } from "./start-watch.mjs";

const LIMITS = { startMs: 90_000, mostCpuMs: 180_000, longestMs: 1_800_000 };

function watched(load = { load: 1, cores: 2 }) {
  const machine = { now: 0, cpu: 0 as number | null };
  const watch = new StartWatch(LIMITS, { nowMs: () => machine.now, cpuMs: () => machine.cpu, load: () => load });
  /** Lets seconds go by, in each of which the processes get so much processor time. */
  const pass = (seconds: number, cpuMs: number | null = 0) => {
    let why: string | null = null;
    for (let second = 0; second < seconds && why === null; second++) {
      machine.now += 1_000;
      machine.cpu = cpuMs === null ? null : (machine.cpu ?? 0) + cpuMs;
      why = watch.check();
    }
    return why;
  };
  return { watch, pass };
}

test("a start that gets little of the processor is not given up while it gets on", () => {
  const { watch, pass } = watched({ load: 40.3, cores: 2 });
  // A twentieth of a core, for ten minutes.
  expect(pass(600, 50)).toBeNull();
  watch.hear("database");
  expect(watch.said()).toBe(
    "The server is still starting; last it opened the database: the machine is busy, with a load of 40 on 2 cores. It has used 30 seconds of processor time.",
  );
  expect(pass(200, 1)).toBe(
    "did nothing for 90 seconds, while it opened the database: the machine is busy, with a load of 40 on 2 cores",
  );
});

test("a start without a sign of life is given up, and a step counts once", () => {
  const { watch, pass } = watched();
  expect(pass(89)).toBeNull();
  watch.hear("database");
  expect(pass(60)).toBeNull();
  for (const step of ["database", "anything", "constructor"]) watch.hear(step);
  expect(pass(60)).toBe("did nothing for 90 seconds, while it opened the database");
});

test("a start that is busy without an end is given up", () => {
  expect(watched().pass(1_000, 1_000)).toBe(
    "did not answer after 181 seconds of processor time, while it loaded its programs",
  );
  expect(watched().pass(3_000, 20)).toBe("did not answer within 1800 seconds, while it loaded its programs");
});

test("where nobody can tell the processor time, the limit is the clock's", () => {
  expect(watched().pass(200, null)).toBe("did nothing for 90 seconds, while it loaded its programs");
});

test("the processor time of a process counts all below it", async () => {
  const spin = "const end = process.cpuUsage().user + 2e5; while (process.cpuUsage().user < end);";
  const outer = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`${spin} console.log("spun"); process.stdin.resume()`)}], { stdio: ["pipe", "inherit", "inherit"] }); process.stdin.resume()`;
  const child = spawn(process.execPath, ["-e", outer], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  expect(cpuMsBelow(child.pid ?? 0)).toBeGreaterThanOrEqual(200);
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
});

/** Calls that are made again, on a real NATS node: each gets the outcome of the first try that ran. */
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { passingFault } from "../process/passing-fault";
import type { SandboxPort } from "../sandbox/port";
import { ids, LIMITS, runnersOfThisFile, signal } from "./testing/trial";

const { tested, sandbox, started, heard, workplaceOn } = runnersOfThisFile();

test("a call that is asked for again gets the outcome of the first and runs once; an aborted one is ended", async () => {
  await started();
  const { make } = await workplaceOn();
  await make();
  const first = await workplaceOn({ ids: ids() });
  const run = ({ workplace }: typeof first) =>
    workplace.commands.run({ ...LIMITS, command: "echo ran >> runs.txt; wc -l < runs.txt" }, { signal });
  expect((await run(first)).stdout).toBe("1\n");
  tested.link = await tested.cell.server();
  const second = await workplaceOn({ ids: ids() });
  expect((await run(second)).stdout).toBe("1\n");
  const stop = new AbortController();
  const endless = second.workplace.commands.run(
    { ...LIMITS, command: "echo up; sleep 60" },
    { signal: stop.signal, onOutput: () => stop.abort(new Error("Enough.")) },
  );
  expect((await endless).endedBy).toBe("abort");
});

test("a resumed call that had waited for a slot gets the outcome of the try that ran", async () => {
  const { dataDir } = await started({ slots: 1 });
  const { make, workplace: other } = await workplaceOn();
  await make();
  /** Takes the only slot. Returns what ends it. */
  const occupy = async () => {
    const stop = new AbortController();
    const ended = other.commands.run({ ...LIMITS, command: "sleep 300" }, { signal: stop.signal });
    await heard(({ free }) => free === 0);
    return () => {
      stop.abort(new Error("Enough."));
      return ended;
    };
  };
  const begun = async (command: string, live: { signal: AbortSignal }, isResumed = false) => {
    const { workplace } = await workplaceOn({ ids: ids(), isResumed });
    let wait = () => {};
    const isWaiting = new Promise<void>((resolve) => {
      wait = resolve;
    });
    return { ended: workplace.commands.run({ ...LIMITS, command }, { ...live, onActivity: wait }), isWaiting };
  };
  const free = await occupy();
  const first = await begun("echo ran >> runs.txt; wc -l < runs.txt", { signal });
  await first.isWaiting;
  await free();
  expect((await first.ended).stdout).toBe("1\n");
  // While the slot is taken, nobody can find it by running it again.
  const freeAgain = await occupy();
  const again = await begun("echo ran >> runs.txt; wc -l < runs.txt", { signal: AbortSignal.timeout(10_000) }, true);
  expect((await again.ended).stdout).toBe("1\n");
  await freeAgain();
  expect(fs.readFileSync(path.join(dataDir, "workspaces/tree-1/runs.txt"), "utf8")).toBe("ran\n");
});

test("a resumed call finds the try that still runs, though all slots are taken", async () => {
  const { dataDir } = await started({ slots: 1 });
  const { make, workplace: other } = await workplaceOn();
  await make();
  const stop = new AbortController();
  const occupying = other.commands.run({ ...LIMITS, command: "sleep 300" }, { signal: stop.signal });
  await heard(({ free }) => free === 0);
  const { workplace: former } = await workplaceOn({ ids: ids() });
  const left = former.commands.run({ ...LIMITS, command: "echo up > up.txt; sleep 300" }, { signal });
  stop.abort(new Error("Enough."));
  await occupying;
  await expect
    .poll(() => fs.existsSync(path.join(dataDir, "workspaces/tree-1/up.txt")), { timeout: 20_000 })
    .toBe(true);
  const { workplace } = await workplaceOn({ ids: ids(), isResumed: true });
  const found = await workplace.commands.run(
    { ...LIMITS, command: "echo up > up.txt; sleep 300" },
    { signal: AbortSignal.timeout(3_000) },
  );
  expect(found.endedBy).toBe("abort");
  expect((await left).endedBy).toBe("abort");
});

test("a shortage of the runner passes: it is told as one, and the call runs when it is made again", async () => {
  let isShort = true;
  const run: SandboxPort["run"] = (given) => {
    if (!isShort) return sandbox.run(given);
    isShort = false;
    return Promise.reject(Object.assign(new Error("spawn EMFILE"), { code: "EMFILE" }));
  };
  await started({ sandbox: { ...sandbox, run } });
  const { make } = await workplaceOn();
  await make();
  const { workplace } = await workplaceOn({ ids: ids() });
  const command = "echo ran";
  const error = await workplace.commands.run({ ...LIMITS, command }, { signal }).catch((thrown: unknown) => thrown);
  expect(passingFault(error)).toBe("The machine of the runner linux-1 ran short of something (spawn EMFILE).");
  const { workplace: again } = await workplaceOn({ ids: ids(), isResumed: true });
  expect((await again.commands.run({ ...LIMITS, command }, { signal })).stdout).toBe("ran\n");
});

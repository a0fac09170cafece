/** A runner and the server's half on a real NATS node: what arrives, what is refused, and what is known of lost calls. */
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { createSnapshotStore } from "../snapshots/store";
import { RunnerError } from "./caller";
import { LEVEL } from "./protocol";
import { emptyPlaces } from "./runner";
import { LIMITS, runnersOfThisFile, signal } from "./testing/trial";

const { tested, started, heard, workplaceOn } = runnersOfThisFile();

test("files larger than a message, streams of output and snapshots go over NATS, and free slots are told", async () => {
  const { dataDir } = await started();
  const { workplace, store, make } = await workplaceOn();
  await make();
  const large = "a line of text\n".repeat(200_000);
  await workplace.files.write("large.txt", large);
  expect(await workplace.files.readText("large.txt")).toBe(large);
  const said: string[] = [];
  const command = "echo first; sleep 1; echo second; ls";
  const running = workplace.commands.run({ ...LIMITS, command }, { signal, onOutput: (text) => void said.push(text) });
  await heard(({ free }) => free === 1);
  expect((await running).stdout).toBe("first\nsecond\nlarge.txt\n");
  expect(said.join("")).toBe("first\nsecond\nlarge.txt\n");
  await heard(({ free }) => free === 2);
  const taken = await workplace.snapshots.take({ label: "s1", previous: null }, signal);
  expect((await store.files(taken.commit)).map((file) => file.path)).toEqual(["large.txt"]);
  await emptyPlaces(dataDir);
  expect(await workplace.files.isThere()).toBe(false);
});

test("an older place, another level and a draining runner refuse, each with its sentence; calls of a full one wait in line", async () => {
  const { runner } = await started({ slots: 1 });
  const waits = { begun: 0, ended: 0 };
  const begin = () => {
    waits.begun += 1;
    return () => {
      waits.ended += 1;
    };
  };
  const { workplace, make } = await workplaceOn({ place: 2, inLine: begin });
  await make();
  const { workplace: older } = await workplaceOn({ place: 1 });
  await expect(older.files.isThere()).rejects.toThrow("has an older place of the tree than it had before");
  const stop = new AbortController();
  const first = workplace.commands.run({ ...LIMITS, command: "sleep 60" }, { signal: stop.signal });
  await heard(({ free }) => free === 0);
  const inLine = ["a", "b"].map((name) =>
    workplace.commands.run({ ...LIMITS, command: `echo ${name} >> order.txt` }, { signal }),
  );
  const leaving = new AbortController();
  const left = workplace.commands.run({ ...LIMITS, command: "touch no" }, { signal: leaving.signal });
  leaving.abort(new Error("Enough of waiting."));
  await expect(left).rejects.toThrow("Enough of waiting.");
  expect(await workplace.files.isEmpty()).toBe(true);
  stop.abort(new Error("Enough."));
  await first;
  await Promise.all(inLine);
  expect(await workplace.files.readText("order.txt")).toBe("a\nb\n");
  // The two that got a slot, and perhaps the one that left the line.
  expect(waits.begun).toBeGreaterThanOrEqual(2);
  expect(waits.ended).toBe(waits.begun);
  const stopLast = new AbortController();
  const last = workplace.commands.run({ ...LIMITS, command: "sleep 60" }, { signal: stopLast.signal });
  await heard(({ free }) => free === 0);
  const draining = runner.drain();
  await heard(({ slots }) => slots === 0);
  const refused = workplace.commands.run({ ...LIMITS, command: "true" }, { signal }).catch((error: unknown) => error);
  expect(await refused).toMatchObject({ mayHaveRun: false, message: expect.stringContaining("is being drained") });
  // What the tree has here can still be taken away.
  expect(await workplace.files.readText("order.txt")).toBe("a\nb\n");
  stopLast.abort(new Error("Enough."));
  expect((await last).endedBy).toBe("abort");
  await make("removeTree");
  await draining;
});

test("a place whose tree was taken away takes nothing more but the same removal; the tree's next place does", async () => {
  const { dataDir } = await started();
  const { make, workplace } = await workplaceOn();
  await make();
  await workplace.files.write("a.txt", "a");
  await make("removeTree");
  await expect(workplace.files.write("late.txt", "late")).rejects.toMatchObject({
    mayHaveRun: false,
    message: expect.stringContaining("has an older place of the tree than it had before"),
  });
  await make("removeTree");
  expect(fs.existsSync(path.join(dataDir, "workspaces", "tree-1"))).toBe(false);
  const next = await workplaceOn({ place: 2 });
  await next.make();
  expect(await next.workplace.files.isEmpty()).toBe(true);
});

test.each([
  [LEVEL - 1, true],
  [LEVEL + 1, true],
  [LEVEL + 2, false],
])(
  "a runner of level %d works with this release: %s; another one refuses with a sentence, and nothing is done",
  async (level, works) => {
    const { dataDir } = await started({ level });
    const { make, workplace } = await workplaceOn();
    if (works) {
      await make();
      expect(await workplace.files.isThere()).toBe(true);
      return;
    }
    expect(await make().catch((error: unknown) => error)).toMatchObject({
      mayHaveRun: false,
      message:
        "The runner linux-1 has another level: install the same release on server and runner, so nothing was done.",
    });
    expect(fs.existsSync(path.join(dataDir, "workspaces"))).toBe(false);
  },
);

test("what a tree has used of the store is freed after it left", async () => {
  const { dataDir } = await started();
  const { workplace, make } = await workplaceOn();
  await make();
  const store = createSnapshotStore({ dir: path.join(dataDir, "snapshots") });
  onTestFinished(store.close);
  await workplace.commands.run({ ...LIMITS, command: "head -c 5000000 /dev/urandom > large.bin" }, { signal });
  await workplace.snapshots.take({ label: "s1", previous: null }, signal);
  expect(store.sizeBytes()).toBeGreaterThan(5_000_000);
  await make("removeTree");
  await expect.poll(() => store.sizeBytes(), { timeout: 20_000 }).toBeLessThan(2_000_000);
});

test("a runner whose disk is nearly full says so, and takes commands of its trees all the same", async () => {
  await started({ leastFreeBytes: Number.MAX_SAFE_INTEGER });
  const { workplace, make } = await workplaceOn();
  await make();
  expect(tested.link.presence.list()).toMatchObject([{ isDiskFull: true, slots: 2, free: 2 }]);
  expect((await workplace.commands.run({ ...LIMITS, command: "echo here" }, { signal })).stdout).toBe("here\n");
});

test("a tree that comes back after it was elsewhere finds nothing of what was here before", async () => {
  await started();
  const { workplace, make } = await workplaceOn({ place: 1 });
  await make();
  await workplace.files.write("old.txt", "old");
  const { workplace: back } = await workplaceOn({ place: 3 });
  expect(await back.files.isThere()).toBe(false);
});

test("a runner that loses NATS ends its programs, and takes calls again when NATS is back", async () => {
  const { said } = await started({ cutOffMs: 3_000, announceMs: 500 });
  const { workplace, make } = await workplaceOn();
  await make();
  const running = workplace.commands.run({ ...LIMITS, command: "sleep 300" }, { signal });
  await heard(({ free }) => free === 1);
  const [node] = tested.cell.nats.nodes;
  await node?.kill();
  await expect.poll(() => said, { timeout: 20_000 }).toContainEqual(expect.stringContaining("are ended"));
  await node?.start();
  expect((await running).endedBy).toBe("abort");
  await expect.poll(() => said, { timeout: 20_000 }).toContain("NATS is back.");
  expect(await workplace.files.isThere()).toBe(true);
});

test("what still runs for an older place of a tree is ended before the tree's folder is made anew", async () => {
  const { dataDir } = await started();
  const { workplace, make } = await workplaceOn({ place: 1 });
  await make();
  let hear = () => {};
  const isUp = new Promise<void>((resolve) => {
    hear = resolve;
  });
  // It does not end by itself, and writes all the time.
  const command = "trap '' TERM; echo up; while :; do echo old >> old.txt; sleep 0.02; done";
  const former = workplace.commands.run({ ...LIMITS, command }, { signal, onOutput: hear });
  await isUp;
  const { workplace: back, make: makeAgain } = await workplaceOn({ place: 3 });
  await makeAgain();
  expect((await former).endedBy).toBe("abort");
  expect(await back.files.paths()).toEqual([]);
  expect(fs.existsSync(path.join(dataDir, "workspaces/tree-1/old.txt"))).toBe(false);
});

test("when a runner starts again, the outcome of what ran before is unknown, and is told so", async () => {
  await started();
  const { workplace, make } = await workplaceOn();
  await make();
  const lost = workplace.commands.run({ ...LIMITS, command: "sleep 300" }, { signal }).catch((error: unknown) => error);
  await heard(({ free }) => free === 1);
  await started({}, tested.cell);
  const error = await lost;
  expect(error).toBeInstanceOf(RunnerError);
  expect(error).toMatchObject({ mayHaveRun: true, message: expect.stringContaining("its outcome is unknown") });
});

const program = (
  { workplace }: Awaited<ReturnType<typeof workplaceOn>>,
  command: string,
  stop = new AbortController(),
) =>
  workplace.codingAgents.start("tester", 1, {
    command,
    signal: stop.signal,
    readOnly: [],
    env: {},
    forward: { socket: "/nowhere", port: 3129 },
    limits: {},
    onActivity: () => undefined,
  });

test("what a program says while NATS is away for a moment arrives once it is back, and so does what it is told", async () => {
  await started();
  const on = await workplaceOn();
  await on.make();
  const command = "for i in $(seq 60); do echo $i; sleep 0.1; done; read line; echo $line";
  const { stdin, stdout, ended } = await program(on, command);
  const said = text(stdout);
  const [node] = tested.cell.nats.nodes;
  await new Promise((resolve) => stdout.once("data", resolve));
  await node?.kill();
  stdin.end("heard\n");
  await node?.start();
  expect(await said).toBe(`${[...Array(60).keys()].map((at) => at + 1).join("\n")}\nheard\n`);
  expect(await ended).toEqual({ exitStatus: 0 });
});

test("a task that goes on in another process of the server ends what the former one had started for it", async () => {
  const { dataDir } = await started();
  const on = await workplaceOn();
  await on.make();
  const { ended, stdout } = await program(
    on,
    "echo old >> old.txt; echo up; while :; do echo old >> old.txt; sleep 0.02; done",
  );
  await new Promise((resolve) => stdout.once("data", resolve));
  expect(await on.askBy("another")).toBe(true);
  const size = () => fs.statSync(path.join(dataDir, "workspaces/tree-1/old.txt")).size;
  const before = size();
  expect(await ended).toMatchObject({ exitStatus: null });
  expect(size()).toBe(before);
});

test("a program takes a slot while it runs, and one that waits for a slot is given up", async () => {
  await started({ slots: 1 });
  const on = await workplaceOn();
  await on.make();
  const { kill } = await program(on, "sleep 300");
  await heard(({ free }) => free === 0);
  const stop = new AbortController();
  const second = program(on, "echo never > never.txt", stop);
  stop.abort(new Error("Enough of waiting."));
  await expect(second).rejects.toThrow("Enough of waiting.");
  await kill();
  await heard(({ free }) => free === 1);
  expect(await on.workplace.files.paths()).toEqual([]);
});

/** A runner and the server's half on a real NATS node: what arrives, what is refused, and what is known of lost calls. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, onTestFinished, test } from "vitest";
import type { CellLink } from "../nats/port";
import { startCell, type TestCell } from "../nats/testing/cell";
import { passingFault } from "../process/passing-fault";
import type { SandboxPort } from "../sandbox/port";
import { createSandbox } from "../sandbox/sandbox";
import { testedSandbox } from "../sandbox/testing/tested";
import { createSnapshotStore } from "../snapshots/store";
import { createTerminals } from "../terminals/terminals";
import { remoteWorkplace } from "../workplace/remote";
import { type CalledRunner, placeCaller, RunnerError } from "./caller";
import { LEVEL } from "./protocol";
import { emptyPlaces, startRunner } from "./runner";

const NAME = "linux-1";
const base = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-runner-"));
const sandbox = createSandbox({ tested: testedSandbox });
const { signal } = new AbortController();
const LIMITS = { timeoutMs: 60_000, maxOutputBytes: 5_000_000 };
afterAll(() => {
  sandbox.close();
  fs.rmSync(base, { recursive: true, force: true });
});

let cell: TestCell;
let link: CellLink;
async function started(
  {
    announceMs,
    ...options
  }: {
    slots?: number;
    cutOffMs?: number;
    announceMs?: number;
    level?: number;
    leastFreeBytes?: number;
    sandbox?: SandboxPort;
  } = {},
  of: TestCell | null = null,
) {
  cell = of ?? (await startCell({ runners: [NAME] }));
  link = await cell.server();
  const dataDir = fs.mkdtempSync(path.join(base, "data-"));
  const said: string[] = [];
  const runner = await startRunner({
    link: await cell.runner(NAME, { ...(announceMs !== undefined && { announceMs }) }),
    pool: "default",
    slots: 2,
    version: "0.1.0",
    dataDir,
    sandbox,
    terminals: createTerminals(sandbox),
    store: createSnapshotStore({ dir: path.join(dataDir, "snapshots") }),
    say: (sentence) => void said.push(sentence),
    searchPath: process.env.PATH ?? "",
    ...options,
  });
  onTestFinished(runner.close);
  return { runner, dataDir, said };
}

/** Resolves when the server hears what the runner says of itself. */
async function heard(matches: (record: { free: number; slots: number }) => boolean = () => true) {
  await expect.poll(() => link.presence.list().some(matches), { timeout: 20_000 }).toBe(true);
  return link.presence.list()[0] as { bootId: string };
}

async function workplaceOn(more: Partial<CalledRunner> = {}) {
  const { bootId } = await heard();
  const store = createSnapshotStore({ dir: path.join(base, "server-snapshots") });
  onTestFinished(store.close);
  const caller = await placeCaller({ link, runner: NAME, bootId, place: 1, ...more });
  const folder = {
    tree: "tree-1",
    task: "task-1",
    owner: null,
    root: "/server/workspaces/tree-1",
    cacheDir: "/server/cache/tree-1",
    hiddenPaths: [],
  };
  const requested = { tree: "tree-1", task: "task-1", owner: null, hidden: [], isReadOnly: false, guardsGit: false };
  const make = (operation = "makeFolder") => caller.ask({ folder: requested, part: "place", operation, args: [] });
  const askBy = (by: string) =>
    caller.ask({ folder: { ...requested, by }, part: "files", operation: "isThere", args: [] });
  return { workplace: remoteWorkplace(folder, { caller, store }), store, make, askBy };
}

/** Counts from the beginning, as each process of the server does for the operations of one call. */
function ids(): () => string {
  let asked = 0;
  return () => {
    asked += 1;
    return `build-${asked}`;
  };
}

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

test("a call that is asked for again gets the outcome of the first and runs once; an aborted one is ended", async () => {
  await started();
  const { make } = await workplaceOn();
  await make();
  const first = await workplaceOn({ ids: ids() });
  const run = ({ workplace }: typeof first) =>
    workplace.commands.run({ ...LIMITS, command: "echo ran >> runs.txt; wc -l < runs.txt" }, { signal });
  expect((await run(first)).stdout).toBe("1\n");
  link = await cell.server();
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

test("an older place, another level and a draining runner refuse, each with its sentence; calls of a full one wait in line", async () => {
  const { runner } = await started({ slots: 1 });
  const { workplace, make } = await workplaceOn({ place: 2 });
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
  expect(link.presence.list()).toMatchObject([{ isDiskFull: true, slots: 2, free: 2 }]);
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
  const [node] = cell.nats.nodes;
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
  await started({}, cell);
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
  const [node] = cell.nats.nodes;
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

/** The disk of the launcher's home gets full at each step of a release by agents, and has space again later. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { readJournal } from "./journal.mjs";
import { ACCOUNT, read, releaseIn, say, stateIn } from "./testing/checkout";
import { draining, outside, released, serving, stateOf, UNHURRIED } from "./testing/serving";

const HOME_BYTES = 64_000_000;

/** Fills the disk to the last byte. Returns a function that frees it again. */
function fill(home: string): () => void {
  const file = path.join(home, "filler");
  const { status, stderr } = spawnSync("dd", ["if=/dev/zero", `of=${file}`, "bs=4096"], {
    ...ACCOUNT,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining("No space left")]);
  return () => rmSync(file);
}

const STEPS = ["approved", "build", "rehearse", "expand", "snapshot", "drain", "trial", "watch"];

test.each(STEPS)(
  "full after %s: a release serves meanwhile, and the change is released when there is space",
  async (step) => {
    const { checkout, running } = await serving(
      { ...UNHURRIED, retryMs: 500, watchMs: 1_500 },
      { homeBytes: HOME_BYTES },
    );
    await released(checkout, running, "own.mark = 1;");
    await expect.poll(() => readJournal(running.home).some(({ what }) => what === step), { interval: 2 }).toBe(true);
    const free = fill(running.home);
    await expect.poll(() => running.said()).toContain("is full: free some space.");
    await expect.poll(async () => (await read(running.port).catch(() => null))?.release).toBeGreaterThan(0);
    // Rounds go by in which nothing can be stored, so the new release serves only if its trial was stored before.
    for (let round = 0; round < 20; round++) {
      const told = await read(running.port).catch(() => null);
      if (told?.release === 2) expect(stateOf(running, 2)).not.toBe("approved");
    }
    expect(running.said()).not.toContain("Stopped.");
    free();
    await expect.poll(() => stateOf(running, 2)).toBe("permanent");
    await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 2 });
  },
);

/** Steps after the decision, each with what the new release does, what the journal says, and which release serves. */
const DECIDED: [string, string, number][] = [
  ["permanent", "own.mark = 1;", 2],
  ["bad", "works.claim = () => { own.status = 'No worker runs.'; };", 1],
];

test.each(DECIDED)(
  "full after %s: the permanent release serves, also after a crash, and the decision holds",
  async (step, behaviour, serves) => {
    const { checkout, running } = await serving({ ...UNHURRIED, retryMs: 500 }, { homeBytes: HOME_BYTES });
    await released(checkout, running, behaviour);
    await expect
      .poll(() => readJournal(running.home).some(({ what, release }) => what === step && release?.n === 2), {
        interval: 2,
      })
      .toBe(true);
    const free = fill(running.home);
    const served = async () => (await read(running.port).catch(() => null))?.release;
    await expect.poll(served).toBe(serves);
    const { number } = await read(running.port);
    await read(running.port, "/crash").catch(() => null);
    await expect.poll(async () => (await read(running.port).catch(() => null))?.number ?? number).not.toBe(number);
    expect([await served(), stateOf(running, 2)]).toEqual([serves, step]);
    free();
    await read(running.port, "/crash").catch(() => null);
    await expect.poll(served).toBe(serves);
    expect(stateOf(running, 2)).toBe(step);
  },
);

test("a permanent release that crashes again and again on a full disk does not give way to the one before it", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, provingMs: 0 }, { homeBytes: HOME_BYTES });
  checkout.build("// edited");
  const restart = { command: "restart", by: "Ann", contents: "edited" };
  expect(await tellLauncher(running.home, restart)).toEqual({ release: 2 });
  await expect.poll(() => releaseIn(running.home, 2)?.isProved).toBe(true);
  const free = fill(running.home);
  await expect.poll(() => running.said()).toContain("is full: free some space.");
  for (let count = 0; count < 5; count++) await say(running.port, { type: "crashed", side: "worker", how: "x" });
  expect(await tellLauncher(running.home, restart)).toEqual({ release: 2 });
  free();
  await expect.poll(() => running.said()).toContain("The disk has space again.");
  expect(stateOf(running, 2)).toBe("permanent");
});

test("a person's version that does not come up on a full disk is tried again at the next restart", async () => {
  const { checkout, running } = await serving(UNHURRIED, { homeBytes: HOME_BYTES });
  const mark = path.join(checkout.data, "may-start");
  checkout.build(`
    fs.writeFileSync(file + ".begun", "");
    if (!fs.existsSync("${mark}")) { while (!fs.existsSync(file + ".full")) await new Promise((done) => setTimeout(done, 10)); process.exit(3); }`);
  const restart = { command: "restart", by: "Ann", contents: "edited" };
  const said = tellLauncher(running.home, restart);
  await expect.poll(() => existsSync(path.join(checkout.data, "rows.json.begun"))).toBe(true);
  const free = fill(running.home);
  await expect.poll(() => running.said()).toContain("is full: free some space.");
  writeFileSync(path.join(checkout.data, "rows.json.full"), "");
  expect((await said)?.problem).toMatch(/did not come up\. It ended with status 3, while the disk was full\.$/);
  free();
  writeFileSync(mark, "");
  expect(await tellLauncher(running.home, restart)).toEqual({ release: 3 });
});

/** A build that fails once the disk has been full and has space again. Its mark is there until it has seen that. */
const MARK = "not-full-yet.txt";
const FAILS_AFTERWARDS = `
import { rmSync, statfsSync, writeFileSync } from "node:fs";
const isFull = () => statfsSync(".").bavail === 0;
const until = async (wanted) => { while (isFull() !== wanted) await new Promise((resolve) => setTimeout(resolve, 10)); };
writeFileSync("${MARK}", "");
await until(true);
rmSync("${MARK}");
await until(false);
process.exit(1);
`;

test("a build that fails after the disk was full does not count against the change, even when there is space again", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, retryMs: 3_600_000 }, { homeBytes: HOME_BYTES });
  await released(checkout, running, "", { "scripts/build-release.mjs": FAILS_AFTERWARDS });
  const hasMark = () => readdirSync(running.home, { recursive: true }).some((file) => `${file}`.endsWith(MARK));
  await expect.poll(hasMark).toBe(true);
  const free = fill(running.home);
  await expect.poll(hasMark).toBe(false);
  await expect.poll(() => running.said()).toContain("is full: free some space.");
  free();
  await expect
    .poll(() => releaseIn(running.home, 2))
    .toMatchObject({ waits: expect.stringContaining("The disk was full.") });
  expect(stateOf(running, 2)).toBe("approved");
});

const MOMENTS: [string, string, string][] = [
  ["nothing is under way", "permanent", ""],
  ["a change waits", "approved", "own.mark = 1;"],
  ["a trial runs", "watch", "own.mark = 1;"],
  ["a change was bad", "bad", "works.claim = () => { own.status = 'No worker runs.'; };"],
];

test.each(MOMENTS)(
  "the launcher is killed while %s, and starts again on a full disk: it serves, forgets nothing, and continues when there is space",
  async (_when, step, behaviour) => {
    const { checkout, running } = await serving({ ...UNHURRIED, watchMs: 3_600_000 }, { homeBytes: HOME_BYTES });
    const { launcherPid } = await read(running.port);
    const proposal = behaviour ? checkout.propose(outside(behaviour)) : null;
    if (proposal) await say(running.port, proposal);
    await expect.poll(() => readJournal(running.home).some(({ what }) => what === step), { interval: 2 }).toBe(true);
    process.kill(launcherPid, "SIGSTOP");
    const states = () => stateIn(running.home).releases.map(({ n, state }) => [n, state]);
    const journal = readJournal(running.home);
    const before = states();
    const free = fill(running.home);
    process.kill(launcherPid, "SIGKILL");
    const served = () => read(running.port).catch(() => null);
    await expect.poll(async () => (await served())?.launcherPid ?? launcherPid).not.toBe(launcherPid);
    expect(await read(running.port)).toMatchObject({ release: 1, isTrial: false });
    expect(running.said()).toContain("is full: free some space. What serves goes on; a release waits for it.");
    expect(states().map(([n, state]) => [n, state === "approved" && step === "watch" ? "trial" : state])).toEqual(
      before,
    );
    expect(readJournal(running.home).slice(0, journal.length)).toEqual(journal);
    free();
    const isBad = step === "bad";
    if (!behaviour || isBad) await say(running.port, checkout.propose(outside("own.mark = 2;")));
    const next = isBad ? 3 : 2;
    // A server repeats this until the launcher has it: the journal has the approval before the launcher keeps it.
    const asks = async () => {
      if (proposal && stateOf(running, 2) === undefined) await say(running.port, proposal);
      return served();
    };
    await expect.poll(asks).toMatchObject({ release: next, isTrial: true });
    expect(stateOf(running, 2)).toBe(isBad ? "bad" : "trial");
    expect(readJournal(running.home).filter(({ what }) => ["bad", "dropped"].includes(what)).length).toBe(
      isBad ? 1 : 0,
    );
  },
);

test("a step that cannot be stored is not begun, and a fault on a full disk does not count against the change", async () => {
  const { checkout, running } = await serving({ watchMs: 600_000 }, { homeBytes: HOME_BYTES });
  await released(checkout, running, "works.claim = () => { own.status = 'No space.'; };");
  const status = async () => (await read(running.port).catch(() => null))?.heard ?? [];
  await expect.poll(status).toContain("claim");
  const free = fill(running.home);
  await expect.poll(async () => (await read(running.port).catch(() => null))?.release).toBe(1);
  free();
  await say(running.port, checkout.propose(outside("own.mark = 2;")));
  await expect.poll(() => stateOf(running, 3)).toBe("approved");
  expect(stateOf(running, 2)).toBe("dropped");
});

test("full while the whole gates are prepared: the change is not judged, and a release serves", async () => {
  const limits = { ...UNHURRIED, watchMs: 3_600_000 };
  const { checkout, running } = await serving(limits, { homeBytes: HOME_BYTES });
  await released(checkout, running, "", { judged: JSON.stringify({ waits: true }) });
  await expect.poll(() => readJournal(running.home).some(({ what }) => what === "trial"), { interval: 2 }).toBe(true);
  const free = fill(running.home);
  await expect.poll(() => running.said()).toContain("It could not be judged by the whole gates: ENOSPC");
  await expect.poll(async () => (await read(running.port).catch(() => null))?.release).toBe(1);
  free();
  await say(running.port, checkout.propose(outside("own.mark = 2;")));
  await expect.poll(() => stateOf(running, 3)).toBe("trial");
  expect(stateOf(running, 2)).toBe("dropped");
});

/** Fills a small disk up to one page less than the state needs, and stores it again and again. */
const STORES = `
import { readdirSync, rmSync, writeFileSync } from "node:fs";
const [file, home] = process.argv.slice(1);
const { emptyState, readState, writeState } = await import(file);
writeState(home, { ...emptyState(), launch: 1 });
let pages = 0;
try {
  for (;;) writeFileSync(home + "/page" + pages++, Buffer.alloc(4096));
} catch {}
rmSync(home + "/page0");
const open = () => readdirSync("/proc/self/fd").length;
const before = open();
const said = new Set();
for (let turn = 0; turn < 5; turn++)
  try {
    writeState(home, { ...emptyState(), launch: 2, halted: "long ".repeat(10_000) });
    said.add("stored");
  } catch (error) {
    said.add(error.code);
  }
console.log(JSON.stringify({ said: [...said], launch: readState(home).launch, open: open() - before }));
`;

test("a partly written state does not count as stored, and leaves no open file", () => {
  const home = mkdtempSync(path.join(tmpdir(), "banyan-small-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const walls = [
    "--unshare-user",
    "--bind",
    "/",
    "/",
    "--dev-bind",
    "/dev",
    "/dev",
    "--size",
    "262144",
    "--tmpfs",
    home,
  ];
  const program = [process.execPath, "--input-type=module", "-e", STORES, path.resolve("launcher/state.mjs"), home];
  const { stdout, stderr } = spawnSync("bwrap", [...walls, "--", ...program], { encoding: "utf8" });
  expect([stderr, JSON.parse(stdout)]).toEqual(["", { said: ["ENOSPC"], launch: 1, open: 0 }]);
});

test("full while turns end: the server claims again at once", async () => {
  const { checkout, running } = await serving({ retryMs: 600_000 }, { homeBytes: HOME_BYTES });
  await draining(checkout, running);
  fill(running.home);
  writeFileSync(path.join(checkout.data, "idle"), "");
  await expect.poll(async () => (await read(running.port)).heard).toContain("resume");
  expect(await read(running.port)).toMatchObject({ release: 2 });
});

/** A release of agents that gets worse once it is watched is taken back, and the permanent one serves. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { tellLauncher } from "./home.mjs";
import { LIMITS as REAL, recent } from "./limits.mjs";
import type { Launcher } from "./main.mjs";
import type { Run } from "./run-server.mjs";
import { newRelease } from "./state.mjs";
import { releaseIn, say, stateIn } from "./testing/checkout";
import { expectTakenBack, released, serving, stateOf, UNHURRIED } from "./testing/serving";
import { Watch } from "./trial.mjs";

/** Longer than a busy machine takes to see the fault, so that the release does not become permanent before. */
const LIMITS = { ...UNHURRIED, watchMs: 60_000 };

const FAULTS: [string, string, RegExp][] = [
  [
    "exits in the watch",
    "works.claim = () => { works.canary = () => process.exit(0); };",
    /^It ended with status 0\.$/,
  ],
  ["drops a column at run time", 'works.claim = () => write({ schema: "s2" });', /changed the tables/],
  ["writes logs that cannot be read", "works.claim = () => write({ broken: 1 });", /log that cannot be read/],
  ["writes what permanent cannot fold", 'works.claim = () => write({ unfolded: "t1" });', /cannot read \(task t1\)/],
  ["claims nothing", "works.claim = () => write({ ready: 3 });", /takes no tasks/],
  ["fails tasks", "works.claim = () => write({ internal: 9 });", /9 tasks for internal reasons/],
  ["damages the database", "works.claim = () => fs.writeFileSync(file, '{');", /cannot be read/],
  [
    "tells the launcher something without an end",
    'works.claim = () => { const more = () => channel.write("x".repeat(1e5), more); more(); };',
    /^It was ended, because it sent the launcher a line without an end\.$/,
  ],
  [
    "shows an error to everybody who has signed in once it is watched",
    "works.claim = () => { signedIn = (response) => { response.statusCode = 500; response.end(); }; };",
    /Operations \(status 500\)/,
  ],
  [
    "is slow for people who have signed in",
    "works.claim = () => { signedIn = (response) => setTimeout(() => response.end(), 1_200); };",
    /shows pages to signed-in people in \d+ ms \(before: \d+ ms\)/,
  ],
  [
    "runs no commands once it is watched",
    "works.claim = () => { did.command = 'refused'; };",
    /^It ran no command in a small task/,
  ],
  ["stops answering", "works.claim = () => { own.status = 'No worker runs.'; };", /No worker runs/],
];

test.each(FAULTS)("a release is taken back that %s", (_what, behaviour, why) =>
  expectTakenBack(behaviour, why, LIMITS),
);

test("a release is taken back that fails now and then for people who have signed in", async () => {
  const { checkout, running } = await serving(LIMITS);
  const flaky = "signedIn = (response) => { turn += 1; response.statusCode = turn % 2 ? 500 : 200; response.end(); };";
  await released(checkout, running, `let turn = 0; works.claim = () => { ${flaky} };`);
  await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
  expect(releaseIn(checkout.home, 2)?.why).toMatch(
    /^It failed 5 of \d+ requests of a signed-in person \(before: none\)\.$/,
  );
});

test("a release is taken back that leaks memory", async () => {
  const { checkout, running } = await serving({ ...LIMITS, smallBytes: 150_000_000 });
  const leak = "const kept = []; works.claim = () => setInterval(() => kept.push(Buffer.alloc(3e7, 1)), 50);";
  await released(checkout, running, leak);
  await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
  expect(releaseIn(checkout.home, 2)?.why).toMatch(/MB of memory/);
});

test("a database that cannot be put right for now is put right at a later start, and until then nothing is released", async () => {
  const { checkout, running } = await serving(LIMITS);
  const noSpace = path.join(checkout.data, "no-space");
  writeFileSync(noSpace, "");
  await released(checkout, running, 'works.claim = () => write({ schema: "s2" });');
  await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
  const fault = "The database could not be put right: no space left.";
  await expect.poll(() => stateIn(checkout.home).takenBack).toMatchObject({ n: 2, mended: null, fault });
  const restart = { command: "restart", by: "Ann" };
  expect(await tellLauncher(running.home, restart)).toEqual({ release: 1 });
  await say(running.port, { type: "settled", n: 2 });
  await say(running.port, checkout.propose("own.mark = 2;"));
  await expect.poll(() => releaseIn(checkout.home, 3)?.waits).toBe(`${fault} The next start tries again.`);
  expect(stateIn(checkout.home).takenBack).toMatchObject({ n: 2, mended: null });
  rmSync(noSpace);
  expect(await tellLauncher(running.home, restart)).toEqual({ release: 1 });
  expect(JSON.parse(readFileSync(path.join(checkout.data, "rows.json"), "utf8")).schema).toBe("s1");
  expect(stateIn(checkout.home).takenBack).toMatchObject({ n: 2, mended: "restored" });
});

afterEach(() => void vi.restoreAllMocks());

const MINUTE_MS = 60_000;

test("the half hour of a watch is time in which the machine was awake, whatever becomes of its clock", async () => {
  const release = newRelease(2);
  const run = { release, claim: () => {} } as unknown as Run;
  let permanent = 0;
  const launcher = {
    limits: REAL,
    running: run,
    state: { releases: [release] },
    events: { isInterrupted: () => false, pause: async () => {} },
    note: () => {},
    makePermanent: async () => {
      permanent += 1;
    },
  };
  const watch = new Watch(launcher as unknown as Launcher);
  let looks = 0;
  watch.check = async () => {
    looks += 1;
    return null;
  };
  expect(await watch.prove(run, release)).toBeNull();
  expect(looks).toBe(REAL.goodChecks);
  const [wallMs, awakeMs] = [Date.now(), performance.now()];
  // Asleep for 31 minutes, and then the clock is set back.
  for (const [wall, awake] of [
    [31, 1],
    [-600, 2],
    [-600, 29],
  ] as const) {
    vi.spyOn(Date, "now").mockReturnValue(wallMs + wall * MINUTE_MS);
    vi.spyOn(performance, "now").mockReturnValue(awakeMs + awake * MINUTE_MS);
    await watch.once(release);
  }
  expect([looks, permanent]).toEqual([REAL.goodChecks + 3, 0]);
  vi.spyOn(performance, "now").mockReturnValue(awakeMs + 31 * MINUTE_MS);
  await watch.once(release);
  expect(permanent).toBe(1);
});

test("a time far ahead, from a clock that was wrong, holds up no releases", () => {
  const at = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS).toISOString();
  expect(recent([at(-90), at(-30), at(1), at(90)], 60 * MINUTE_MS)).toBe(2);
});

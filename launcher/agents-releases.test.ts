/** Agents' releases by the launcher, with real processes and a server whose faults a test chooses. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { readJournal } from "./journal.mjs";
import { read, releaseIn, say, stateIn } from "./testing/checkout";
import { outside, released, serving, stateOf, UNHURRIED } from "./testing/serving";

test("an approved change is built, tried with a canary, watched, and becomes permanent", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  await released(checkout, running, "own.mark = 1;");
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  expect(stateOf(checkout, 1)).toBe("retired");
  await expect.poll(() => read(running.port)).toMatchObject({ release: 2, isTrial: false });
  const told = await read(running.port);
  expect(told.heard.filter((type) => !["status", "canary"].includes(type))).toEqual(["claim", "permanent"]);
  expect(told.heard.filter((type) => type === "canary").length).toBeGreaterThan(3);
  const steps = readJournal(checkout.home).map(({ what }) => what);
  expect(steps.slice(steps.indexOf("approved"))).toEqual([
    "approved",
    "build",
    "rehearse",
    "expand",
    "snapshot",
    "drain",
    "trial",
    "start",
    "watch",
    "permanent",
  ]);
  // The files that only a build needs are larger than the pages.
  expect(readdirSync(path.join(checkout.home, "releases", "2", ".next"))).toEqual(["server"]);
  const { numbers } = readJournal(checkout.home).findLast(({ what }) => what === "permanent")?.release?.trial ?? {};
  expect(numbers).toMatchObject({ asked: expect.any(Number), failed: 0 });
  expect(numbers?.asked).toBeGreaterThan(0);
  // The next start continues with it, although the checkout does not have it.
  running.child.kill("SIGTERM");
  await running.ended;
  const again = await checkout.start();
  expect(await read(again.port)).toMatchObject({ release: 2 });
});

test("a release with evidence that was changed after approval, with another base or with a bad tree is dropped with the reason", async () => {
  const { checkout, running } = await serving();
  const swapped = checkout.propose("own.mark = 1;");
  await say(running.port, { ...swapped, gates: "0".repeat(64) });
  await expect.poll(() => releaseIn(checkout.home, 2)?.why).toMatch(/gates saw is gone, or was changed/);
  await released(checkout, running, "process.exit(4);");
  await expect.poll(() => stateOf(checkout, 3)).toBe("bad");
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  // The same sources as another commit.
  writeFileSync(path.join(checkout.data, "self.git", "description"), "");
  const again = checkout.propose(outside("process.exit(4);"));
  await say(running.port, again);
  await expect.poll(() => releaseIn(checkout.home, 4)?.why).toBe("The same was taken back as release 3.");
  checkout.build("// a person's edit");
  await say(running.port, checkout.propose("own.mark = 2;"));
  await expect.poll(() => releaseIn(checkout.home, 5)?.why).toMatch(/Another release became permanent/);
});

test("while everything is paused a canary may wait, and the trial continues", async () => {
  const { checkout, running } = await serving({ watchMs: 600_000 });
  const paused =
    "works.canary = (...given) => { if (!rows().halted) canary(...given); }; works.claim = () => write({ halted: true });";
  await released(checkout, running, paused);
  await expect.poll(async () => (await read(running.port).catch(() => null))?.heard ?? []).toContain("claim");
  const canaries = async () => (await read(running.port)).heard.filter((type) => type === "canary").length;
  const before = await canaries();
  await expect.poll(canaries).toBeGreaterThan(before + 3);
  expect(stateOf(checkout, 2)).toBe("trial");
});

test("a stop in the middle of a step is no fault of the release", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  writeFileSync(path.join(checkout.data, "slow"), "");
  await released(checkout, running, "own.mark = 1;");
  await expect.poll(() => readJournal(checkout.home).some(({ what }) => what === "expand"), { interval: 5 }).toBe(true);
  running.child.kill("SIGTERM");
  await running.ended;
  expect(stateOf(checkout, 2)).toBe("approved");
  rmSync(path.join(checkout.data, "slow"));
  await checkout.start();
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
});

test("guarded files wait for a person at the machine", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  // The change's own mark names another file, but the mark of the running release counts as well.
  const files = { "launcher/main.mjs": "// nothing\n", "launcher/GUARDED": "- other.mjs\n" };
  await released(checkout, running, "own.mark = 1;", files);
  await expect
    .poll(() => releaseIn(checkout.home, 2)?.waits)
    .toMatch(/It changes launcher\/GUARDED, launcher\/main.mjs.*releases confirm 2/);
  expect(await tellLauncher(checkout.home, { command: "confirm", n: 9, by: "Ann" })).toHaveProperty("problem");
  expect(await tellLauncher(checkout.home, { command: "confirm", n: 2, by: "Ann" })).toHaveProperty("sentence");
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
});

test("a change that a person has to confirm holds up no other: each says what it waits for", async () => {
  const guarded = { "launcher/main.mjs": "// nothing\n" };
  const { checkout, running } = await serving(UNHURRIED);
  await say(running.port, checkout.propose("", guarded));
  await expect.poll(() => releaseIn(checkout.home, 2)?.waits).toContain("releases confirm 2");
  await released(checkout, running, "own.mark = 1;");
  await expect.poll(() => stateOf(checkout, 3)).toBe("permanent");
  await expect.poll(() => releaseIn(checkout.home, 2)).toMatchObject({ state: "dropped", stale: true });
  const waiting = await serving({ healthyMs: 3_600_000 });
  await say(waiting.running.port, waiting.checkout.propose("", guarded));
  for (const mark of [1, 2])
    await say(waiting.running.port, { ...waiting.checkout.propose(`own.mark = ${mark};`), item: `item ${mark}` });
  await expect.poll(() => releaseIn(waiting.checkout.home, 4)?.waits).toBe("Release 3 comes first.");
  expect(releaseIn(waiting.checkout.home, 3)?.waits).toMatch(/serve for ten minutes/);
  expect(releaseIn(waiting.checkout.home, 2)?.waits).toContain("releases confirm 2");
});

test("a level that the permanent release raises after its trial is known: a later change that answers it becomes permanent", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  const raises = 'works.permanent = () => { own.level = 2; say({ type: "ready", level: 2, reads: 2, url: null }); };';
  checkout.build(raises);
  const restart = { command: "restart", by: "Ann", contents: "raises" };
  expect(await tellLauncher(checkout.home, restart)).toEqual({ release: 2 });
  await expect.poll(() => stateIn(checkout.home).level).toBe(2);
  await say(running.port, checkout.propose(outside("own.level = 2;")));
  await expect.poll(() => releaseIn(checkout.home, 3)?.why ?? stateOf(checkout, 3)).toBe("permanent");
});

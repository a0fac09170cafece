/** A release that was proposed with the first part of the gates: the launcher runs all of them while it is on trial. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readJournal } from "./journal.mjs";
import { read, releaseIn, say } from "./testing/checkout";
import { released, serving, stateOf, UNHURRIED } from "./testing/serving";

const judged = (said: object) => ({ judged: JSON.stringify(said) });

/** Returns the processes of the gates that a launcher has started. */
function judging(home: string): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(path.join(home, "judged"));
    } catch {
      // It has just ended.
      return false;
    }
  });
}

test("it becomes permanent when it has served well and the whole gates have passed it", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  await released(checkout, running, "own.mark = 1;", judged({ outcome: "passed" }));
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  const whole = "The whole gates passed it in 2 min, with 1 flag.";
  expect(releaseIn(checkout.home, 2)?.trial?.whole).toBe(whole);
  // The journal is written after the state.
  const newest = () => readJournal(checkout.home).slice(-3);
  await expect.poll(() => newest().map(({ what }) => what)).toEqual(["watch", "judged", "permanent"]);
  expect(newest()[1]).toMatchObject({ why: whole, release: { n: 2 } });
  const { status } = (await read(running.port)) as unknown as { status: { releases: { whole_gates: object }[] } };
  expect(status.releases.at(-1)?.whole_gates ?? null).toEqual({ state: "left", said: null });
});

test("it stays on trial while they run, and they end with it", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, watchMs: 0 });
  await released(checkout, running, "", judged({ waits: true }));
  await expect
    .poll(() => read(running.port).then(({ heard }) => heard.filter((type) => type === "canary").length))
    .toBeGreaterThan(8);
  expect(stateOf(checkout, 2)).toBe("trial");
  expect(judging(checkout.home)).not.toEqual([]);
  await say(running.port, { type: "ask", what: "halt", by: "Ann" });
  await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
  await expect.poll(() => judging(checkout.home)).toEqual([]);
});

test("a fault that they find takes it back for good", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, watchMs: 3_600_000 });
  await released(checkout, running, "", judged({ outcome: "failed" }));
  await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
  expect(releaseIn(checkout.home, 2)?.why).toBe("It failed the whole gates: old tests (3 of 4).");
  await expect.poll(() => read(running.port)).toMatchObject({ release: 1 });
});

test.each([
  [
    { outcome: "not_measured" },
    /^It could not be judged by the whole gates, which did not measure old tests \(3 of 4\)\.$/,
  ],
  [{ says: "no space left" }, /^It could not be judged by the whole gates: no space left\.$/],
])("gates that cannot judge it take it back, and it may be approved again: %o", async (said, why) => {
  const { checkout, running } = await serving({ ...UNHURRIED, watchMs: 3_600_000 });
  await released(checkout, running, "", judged(said));
  await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
  expect(releaseIn(checkout.home, 2)?.why).toMatch(why);
});

test("gates that take too long cannot judge it either", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, gatesMs: 300, watchMs: 3_600_000 });
  await released(checkout, running, "", judged({ waits: true }));
  await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
  expect(releaseIn(checkout.home, 2)?.why).toContain("took longer than");
});

test("after a kill they start again with the trial, and a change of their evidence does not replace them", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, watchMs: 0 });
  const proposed = checkout.propose("", judged({ waits: true }));
  await say(running.port, proposed);
  await expect.poll(() => stateOf(checkout, 2)).toBe("trial");
  await expect.poll(() => readJournal(checkout.home).some(({ what }) => what === "watch")).toBe(true);
  const file = path.join(proposed.evidence, "old_tests.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(',"later":true', ""));
  running.child.kill("SIGKILL");
  await running.ended;
  const again = await checkout.start();
  await expect
    .poll(() => read(again.port).then(({ heard }) => heard.filter((type) => type === "canary").length))
    .toBeGreaterThan(8);
  expect(stateOf(checkout, 2)).toBe("trial");
  expect(existsSync(path.join(checkout.home, "judged", ".git"))).toBe(true);
});

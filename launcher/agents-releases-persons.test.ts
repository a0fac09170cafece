/** A person's decisions during agents' releases: go back, allow, switch off, restart. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { read, releaseIn, say } from "./testing/checkout";
import { draining, outside, released, serving, stateOf, UNHURRIED } from "./testing/serving";

test("a person goes back to a release that was permanent, and not to one that never was", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  await released(checkout, running, "own.mark = 1;");
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  expect(await tellLauncher(checkout.home, { command: "back", n: 7, by: "Ann" })).toHaveProperty("problem");
  const said = await tellLauncher(checkout.home, { command: "back", n: 1, by: "Ann" });
  expect(said).toEqual({ sentence: "Release 1 serves." });
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  expect([stateOf(checkout, 1), stateOf(checkout, 2)]).toEqual(["permanent", "retired"]);
});

test("after two rollbacks nothing is released until a person allows it", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, rollbacksAnHour: 2 });
  for (const n of [2, 3]) {
    await say(running.port, checkout.propose(outside(`process.exit(${n});`)));
    await expect.poll(() => stateOf(checkout, n)).toBe("bad");
    await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  }
  await say(running.port, checkout.propose("own.mark = 1;"));
  await expect.poll(() => releaseIn(checkout.home, 4)?.waits).toMatch(/2 releases of agents were taken back/);
  await tellLauncher(checkout.home, { command: "resume", by: "Ann" });
  await expect.poll(() => stateOf(checkout, 4)).toBe("permanent");
});

test("the file halt drops releases that wait and takes back the one on trial", async () => {
  const { checkout, running } = await serving({ watchMs: 600_000 });
  await released(checkout, running, "own.mark = 1;");
  await expect
    .poll(() => read(running.port).catch(() => null))
    .toMatchObject({ release: 2, heard: expect.arrayContaining(["claim"]) });
  mkdirSync(path.join(checkout.data, "self"), { recursive: true });
  writeFileSync(path.join(checkout.data, "self", "halt"), "");
  await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  rmSync(path.join(checkout.data, "self", "halt"));
});

test("the file halt does not wait until turns end: waiting releases are dropped, and the server claims again", async () => {
  const { checkout, running } = await serving();
  await draining(checkout, running);
  mkdirSync(path.join(checkout.data, "self"), { recursive: true });
  writeFileSync(path.join(checkout.data, "self", "halt"), "");
  await expect.poll(() => stateOf(checkout, 3)).toBe("dropped");
  await expect.poll(async () => (await read(running.port)).heard).toContain("resume");
  expect(await read(running.port)).toMatchObject({ release: 2 });
});

test("a person's restart in a trial counts no try, and a person's version comes first", async () => {
  const { checkout, running } = await serving({ watchMs: 600_000 });
  await released(checkout, running, "own.mark = 1;");
  for (const number of [2, 3, 4]) {
    await expect.poll(async () => (await read(running.port).catch(() => null))?.number).toBe(number);
    await expect.poll(async () => (await read(running.port)).heard).toContain("claim");
    expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann" })).toEqual({ release: 2 });
  }
  checkout.build("// a person's edit");
  expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "mine" })).toEqual({
    release: 3,
  });
  expect([stateOf(checkout, 2), stateOf(checkout, 3)]).toEqual(["dropped", "permanent"]);
});

/** It builds until its mark is gone, and fails then. */
const SLOW_BUILD = `
import { existsSync, writeFileSync } from "node:fs";
writeFileSync("builds", "");
while (existsSync("builds")) await new Promise((resolve) => setTimeout(resolve, 10));
process.exit(1);
`;

test("a person's version that comes while a change is built leaves the build alone, and a build that fails then is not bad: the change can be carried over", async () => {
  const { checkout, running } = await serving({ ...UNHURRIED, pollMs: 8_000 });
  await released(checkout, running, "own.mark = 1;", { "scripts/build-release.mjs": SLOW_BUILD });
  const mark = path.join(checkout.home, "releases", "2.part", "builds");
  await expect.poll(() => existsSync(mark)).toBe(true);
  checkout.build("// a person's edit");
  expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "mine" })).toEqual({
    release: 3,
  });
  await expect.poll(() => stateOf(checkout, 3)).toBe("permanent");
  // Files of releases that are no longer kept are removed now.
  await expect.poll(() => stateOf(checkout, 1)).toBe("retired");
  rmSync(mark);
  await expect.poll(() => stateOf(checkout, 2)).not.toBe("approved");
  expect(releaseIn(checkout.home, 2)).toMatchObject({ state: "dropped", stale: true });
});

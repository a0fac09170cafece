import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { differencesOf } from "./differences";
import { makeRoom } from "./room";

const TEST = "// the test of the start\n";

/** A workspace with one test, a folder outside it with another, and snapshots of the workspace. */
function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-room-"));
  const snapshots = createSnapshotStore({ dir: join(folder, "snapshots") });
  onTestFinished(async () => {
    await snapshots.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const [root, outside] = [join(folder, "workspace"), join(folder, "outside")];
  for (const [path, text] of [
    [join(root, "test", "deep"), TEST],
    [outside, "outside"],
  ] as const) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "a.test.js"), text);
  }
  const signal = new AbortController().signal;
  const take = async (label: string) =>
    (await snapshots.take({ tree: "t", folder: root, label, previous: null, hiddenPaths: [], signal })).commit;
  return { folder, root, outside, snapshots, take };
}

test.each<[string, (tests: string, outside: string) => void]>([
  ["a file", (tests) => writeFileSync(tests, "no folder")],
  ["a link to nowhere", (tests) => symlinkSync("nowhere", tests)],
  ["a link out of the copy", (tests, outside) => symlinkSync(outside, tests)],
])("tests of the start are put back where %s now stands in the place of their folder", async (_, replace) => {
  const { folder, root, outside, snapshots, take } = openFolder();
  const start = await take("start");
  rmSync(join(root, "test"), { recursive: true });
  replace(join(root, "test"), outside);
  const now = await take("now");
  const changes = await snapshots.changes(start, now);
  const given = { scope: null, widened: [], commands: [], protect: [] };
  const differences = await differencesOf(snapshots, { start, now, changes }, given);
  expect(differences.putBack).toContain("test/deep/a.test.js");
  const room = join(folder, "room");
  const made = { cacheDir: join(folder, "cache"), start, now, differences, signal: new AbortController().signal };
  await makeRoom(snapshots, room, { ...made, how: "with_new_tests", withoutPackages: false });
  expect(readFileSync(join(room, "test", "deep", "a.test.js"), "utf8")).toBe(TEST);
  expect(readFileSync(join(outside, "a.test.js"), "utf8")).toBe("outside");
});

test("copies of what could not be merged are no part of the work, and their tests do not run", async () => {
  const { folder, root, snapshots, take } = openFolder();
  const start = await take("start");
  for (const path of ["", "test/"]) {
    mkdirSync(join(root, ".banyan-conflicts", "second-1f2e3d", path), { recursive: true });
    writeFileSync(join(root, ".banyan-conflicts", "second-1f2e3d", path, "b.test.js"), "fails");
  }
  writeFileSync(join(root, "b.js"), "1");
  const now = await take("now");
  const changes = await snapshots.changes(start, now);
  expect(changes).toHaveLength(3);
  for (const scope of [null, ["**"]]) {
    const given = { scope, widened: [], commands: [], protect: [] };
    const differences = await differencesOf(snapshots, { start, now, changes }, given);
    expect(differences).toMatchObject({ taken: [{ path: "b.js" }], newTests: [], putBack: [] });
    const room = join(folder, `room ${scope}`);
    const made = { cacheDir: join(folder, "cache"), start, now, differences, signal: new AbortController().signal };
    await makeRoom(snapshots, room, { ...made, how: "with_new_tests", withoutPackages: false });
    expect(readdirSync(room).sort()).toEqual(["b.js", "test"]);
  }
});

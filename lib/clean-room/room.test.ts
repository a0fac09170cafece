import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { differencesOf } from "./differences";
import { makeRoom } from "./room";

const TEST = "// the test of the start\n";

test.each<[string, (tests: string, outside: string) => void]>([
  ["a file", (tests) => writeFileSync(tests, "no folder")],
  ["a link to nowhere", (tests) => symlinkSync("nowhere", tests)],
  ["a link out of the copy", (tests, outside) => symlinkSync(outside, tests)],
])("tests of the start are put back where %s now stands in the place of their folder", async (_, replace) => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-room-"));
  const snapshots = createSnapshotStore({ dir: join(folder, "snapshots") });
  onTestFinished(async () => {
    await snapshots.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const [root, room, outside] = ["workspace", "room", "outside"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
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
  const start = await take("start");
  rmSync(join(root, "test"), { recursive: true });
  replace(join(root, "test"), outside);
  const now = await take("now");
  const changes = await snapshots.changes(start, now);
  const given = { scope: null, widened: [], commands: [], protect: [] };
  const differences = await differencesOf(snapshots, { start, now, changes }, given);
  expect(differences.putBack).toContain("test/deep/a.test.js");
  const made = { cacheDir: join(folder, "cache"), start, now, differences, signal };
  await makeRoom(snapshots, room, { ...made, how: "with_new_tests", withoutPackages: false });
  expect(readFileSync(join(room, "test", "deep", "a.test.js"), "utf8")).toBe(TEST);
  expect(readFileSync(join(outside, "a.test.js"), "utf8")).toBe("outside");
});

/** What an upgrade does with a file whose earlier conflict nobody has settled yet, and after a kill. */
import fs, { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { serviceFiles } from "./make";
import { writeFiles } from "./place";
import { makeAgain } from "./upgrade";

const PROGRAM = path.resolve(import.meta.dirname, "../..");

/** A service of a blueprint of its own. */
async function service() {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "banyan-upgrade-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const own = path.join(root, "mine");
  mkdirSync(path.join(own, "files"), { recursive: true });
  const publish = (version: number, notes: string) => {
    const described = `name: mine\nversion: ${version}\nsummary: Ours.\nextends: cli\nfrom: nothing\n`;
    writeFileSync(path.join(own, "blueprint.yaml"), described);
    writeFileSync(path.join(own, "files/notes.txt"), notes);
  };
  const folder = path.join(root, "service");
  const notes = path.join(folder, "notes.txt");
  const upgrade = (requireFree = () => {}) =>
    makeAgain(folder, { blueprints: path.join(PROGRAM, "blueprints"), requireAllowed: () => undefined, requireFree });
  publish(1, "top\n\n\n\nend\n");
  const made = await serviceFiles(PROGRAM, { name: "tool", blueprint: own, parts: [], variables: {} }, {});
  writeFiles(folder, made.files);
  return { own, notes, publish, upgrade };
}

test("a change that an open conflict kept out of a file arrives after the conflict is settled", async () => {
  const { notes, publish, upgrade } = await service();
  writeFileSync(notes, "my top\n\n\n\nend\n");
  publish(2, "their top\n\n\n\nend\n");
  expect((await upgrade()).conflicts).toEqual(["notes.txt"]);
  publish(3, "their top\n\n\n\ntheir end\n");
  expect((await upgrade()).conflicts).toEqual(["notes.txt"]);
  writeFileSync(notes, "my top\n\n\n\nend\n");
  expect(await upgrade()).toMatchObject({ merged: ["notes.txt"], conflicts: [] });
  expect(readFileSync(notes, "utf8")).toBe("my top\n\n\n\ntheir end\n");
});

test("a file that a blueprint no longer makes is removed also after a kill before that", async () => {
  const { own, notes, publish, upgrade } = await service();
  publish(2, "");
  rmSync(path.join(own, "files/notes.txt"));
  const removal = vi.spyOn(fs, "rmSync").mockImplementation(() => {
    throw new Error("killed");
  });
  syncBuiltinESMExports();
  try {
    await expect(upgrade()).rejects.toThrow("killed");
  } finally {
    removal.mockRestore();
    syncBuiltinESMExports();
  }
  expect(await upgrade()).toMatchObject({ from: 1, to: 2, removed: ["notes.txt"] });
  expect(existsSync(notes)).toBe(false);
});

test("nothing is written where a tree has begun, or a person has saved a file, while the files were made", async () => {
  const { notes, publish, upgrade } = await service();
  publish(2, "their top\n\n\n\nend\n");
  const works = upgrade(() => {
    throw new Error("A tree works there.");
  });
  await expect(works).rejects.toThrow("A tree works there.");
  await expect(upgrade(() => writeFileSync(notes, "just saved\n"))).rejects.toThrow("notes.txt was saved meanwhile");
  expect(readFileSync(notes, "utf8")).toBe("just saved\n");
});

/** Changes of Banyan that lose work or hide what happened, judged by Banyan's own settings. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { judge } from "@/gates/judge";
import { readSettings, SETTINGS_FILE } from "@/gates/model/settings";
import { testSide } from "@/gates/source/test-side";
import { found } from "@/gates/testing/fixture";
import { guardOf } from "@/launcher/guarded.mjs";
import { copiesOfThisFile, edit, migrate, ROOT } from "./testing/copy";

const MINUTES = 60_000;
const copy = copiesOfThisFile();
const evidence: string[] = [];
afterEach(() => {
  for (const folder of evidence.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Returns a copy with one commit, the base. */
function repository(): string {
  const folder = copy();
  execFileSync("git", ["init", "-q"], { cwd: folder });
  commit(folder);
  return folder;
}

function commit(folder: string): void {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.org", ...args], { cwd: folder });
  // .gitignore names folders only, so it does not cover a link.
  git("add", "-A", "--", ".", ":!node_modules");
  git("commit", "-q", "-m", "Commit");
}

function judged(folder: string, gate: string) {
  commit(folder);
  const kept = mkdtempSync(path.join(tmpdir(), "banyan-evidence-"));
  evidence.push(kept);
  return judge({ folder, head: "HEAD", only: [gate], evidence: path.join(kept, "run"), say: () => undefined });
}

test(
  "a dropped column and a new kind of entry at the old level fail data",
  async () => {
    const folder = repository();
    migrate(folder, "ALTER TABLE `tasks` DROP COLUMN `fruitless_leases`;");
    edit(
      folder,
      "core/log/entries.ts",
      'type: "stalled"; turns',
      'type: "dreamt"; of: string }\n  | { type: "stalled"; turns',
    );
    const report = await judged(folder, "data");
    expect(report.gates).toMatchObject([{ gate: "data", outcome: "failed" }]);
    const [dropped, unread] = found(report, "data", "fault");
    expect(dropped).toContain("DROP COLUMN `fruitless_leases`; is not allowed");
    expect(unread).toContain("entry.content.type=dreamt");
  },
  10 * MINUTES,
);

test("the lines that replay records are compared, and its program and settings are the base's", () => {
  const settings = readSettings(readFileSync(path.join(ROOT, SETTINGS_FILE), "utf8"), "Banyan");
  const { replay, data } = settings.commands;
  expect(replay).toMatchObject({ same_lines: "replay.txt", run: expect.stringContaining("releases/replay.ts") });
  expect(data).toMatchObject({ with_base: true, findings: "data.json" });
  expect(settings.optional).toEqual([]);
  const isOnSide = testSide(settings);
  const isGuarded = guardOf([
    ["scripts/check/GUARDED", readFileSync(path.join(ROOT, "scripts/check/GUARDED"), "utf8")],
  ]);
  for (const file of ["data", "replay", "levels", "testing/copy"]) {
    const program = `scripts/check/releases/${file}.ts`;
    expect([program, isOnSide(program), isGuarded(program)]).toEqual([program, true, true]);
  }
});

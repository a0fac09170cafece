import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mayRun } from "./settings-that-run";

test("settings that git itself writes into a new repository, a clone and a checkout of submodules run nothing", () => {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-settings-"));
  onTestFinished(() => fs.rmSync(base, { recursive: true, force: true }));
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "protocol.file.allow=always", "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
      cwd,
      stdio: "ignore",
    });
  git(base, "init", "-q", "one");
  const repository = path.join(base, "one");
  git(repository, "commit", "-q", "--allow-empty", "-m", "first");
  git(repository, "config", "user.email", "ann@example.org");
  git(base, "clone", "-q", repository, "two");
  const two = path.join(base, "two");
  git(two, "submodule", "add", "-q", repository, "below/sub");
  for (const file of ["one/.git/config", "two/.git/config"])
    expect(mayRun(fs.readFileSync(path.join(base, file), "utf8")), file).toBe(false);
  const ofSubmodule = fs.readFileSync(path.join(two, ".git/modules/below/sub/config"), "utf8");
  expect(mayRun(ofSubmodule)).toBe(true);
  expect(mayRun(ofSubmodule, (folder) => folder === "../../../../below/sub")).toBe(false);
});

test.each([
  ["a program", "[core]\n\tfsmonitor = touch x"],
  ["in the header's line", "[core] fsmonitor = touch x"],
  ["after two headers", '[user] [core]fsmonitor="x"'],
  ["in capitals", "[CORE]\nFsMonitor=x"],
  ["in the old form of a section", "[filter.x]\nclean = x"],
  ["a filter", '[filter "x"]\n smudge = x'],
  ["other settings", "[include]\npath = ../x"],
  ["an alias", "[alias]\nst = !x"],
  ["a value over two lines", "[user]\nname = a\\\n[core]\nfsmonitor = x"],
  ["behind a comment that seems to continue", "[core]\n# a \\\nfsmonitor = x"],
  ["behind a byte order mark", "\uFEFF[core]\nfsmonitor = x"],
  ["a submodule's update", '[submodule "x"]\nupdate = !x'],
  ["an address that is a program", '[remote "origin"]\nurl = ext::sh -c x'],
  ["a key that git knows and the list does not", "[core]\nhookspath = x"],
  ["with Windows line ends", "[core]\r\n\tfsmonitor = x\r\n"],
  ["nonsense", "[core\nx"],
])("%s counts", (_, settings) => {
  expect(mayRun(settings)).toBe(true);
});

test("a long line of spaces in the settings runs nothing", () => {
  // A pattern that began again at each space took minutes for it.
  expect(mayRun(`[core]\n\tbare = ${" ".repeat(1_000_000)}false \t\r\n`)).toBe(false);
});

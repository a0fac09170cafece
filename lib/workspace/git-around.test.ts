import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { gitAround, rememberedGit, rememberGit, stillLinked } from "./git-around";
import { gitOf } from "./git-of-folder";

let base: string;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-around-")));
  onTestFinished(() => fs.rmSync(base, { recursive: true, force: true }));
  git("init", "-q", "-b", "main", "main");
  git("-C", "main", "commit", "-q", "--allow-empty", "-m", "one");
});

function git(...args: string[]): string {
  const settings = ["user.name=A", "user.email=a@example.org", "protocol.file.allow=always"];
  const env = { PATH: process.env.PATH, HOME: base, GIT_CONFIG_NOSYSTEM: "1" } as unknown as NodeJS.ProcessEnv;
  const all = settings.flatMap((setting) => ["-c", setting]);
  return execFileSync("git", [...all, ...args], { cwd: base, env, encoding: "utf8", stdio: "pipe" });
}

const at = (...names: string[]) => path.join(base, ...names);
const whyOff = (folder: string) => {
  const found = gitAround(folder);
  return found.kind === "off" ? found.why : found.kind;
};

test("the repository of a linked worktree is found, also of one without files of its own", () => {
  git("-C", "main", "worktree", "add", "-q", "../feature");
  const linked = { common: at("main/.git"), own: "worktrees/feature" };
  expect(gitAround(at("feature"))).toEqual({ kind: "linked", linked });
  expect(stillLinked(at("feature"), linked)).toEqual(linked);
  git("clone", "-q", "--bare", "main", "hub.git");
  git("-C", "hub.git", "worktree", "add", "-q", "../side");
  expect(gitAround(at("side"))).toEqual({ kind: "linked", linked: { common: at("hub.git"), own: "worktrees/side" } });
  // A folder named otherwise than its worktree, and one with a relative path to it.
  git("-C", "main", "worktree", "move", "../feature", "../other");
  fs.writeFileSync(at("other/.git"), "gitdir: ../main/.git/worktrees/feature\n");
  expect(gitAround(at("other"))).toEqual({ kind: "linked", linked });
  expect(stillLinked(at("other"), { ...linked, own: "worktrees/other" })).toBeNull();
});

test("the repository of a submodule is found by its own settings", () => {
  git("init", "-q", "-b", "main", "lib");
  git("-C", "lib", "commit", "-q", "--allow-empty", "-m", "one");
  git("-C", "main", "submodule", "--quiet", "add", "../lib", "parts/lib");
  const linked = { common: at("main/.git/modules/parts/lib"), own: "" };
  expect(gitAround(at("main/parts/lib"))).toEqual({ kind: "linked", linked });
  // The sandbox of the whole repository makes this file.
  fs.writeFileSync(path.join(linked.common, "commondir"), ".\n");
  expect(gitAround(at("main/parts/lib"))).toEqual({ kind: "linked", linked });
});

test("a folder in a repository has it off, and says where the repository begins", () => {
  fs.mkdirSync(at("main/packages/app"), { recursive: true });
  expect(gitAround(at("main"))).toEqual({ kind: "own" });
  expect(whyOff(at("main/packages/app"))).toBe(
    `Git is off for agents in this folder: its repository begins in ${at("main")}; to use git, start in that folder and name packages/app in the task.`,
  );
});

test("G8: a file that leads to a repository which does not lead back opens none", () => {
  git("-C", "main", "worktree", "add", "-q", "../feature");
  const strange = (name: string, text: string) => {
    fs.mkdirSync(at(name), { recursive: true });
    fs.writeFileSync(at(name, ".git"), text);
    return whyOff(at(name));
  };
  const leads = "does not name this folder in turn";
  expect(strange("a", `gitdir: ${at("main/.git")}\n`)).toContain(leads);
  expect(strange("b", `gitdir: ${at("main/.git/worktrees/feature")}\n`)).toContain(leads);
  expect(strange("c", `gitdir: ${at("gone")}\n`)).toContain("where no repository is");
  expect(strange("d", "something else\n")).toContain("leads to no folder");
  // Of files that lead to another repository, those in the folder itself do not count.
  fs.mkdirSync(at("e/fake/worktrees/x"), { recursive: true });
  fs.writeFileSync(at("e/fake/worktrees/x/commondir"), `${at("main/.git")}\n`);
  fs.writeFileSync(at("e/fake/worktrees/x/gitdir"), `${at("e/.git")}\n`);
  expect(strange("e", "gitdir: fake/worktrees/x\n")).toBe("own");
  // Nor those beside it, which are not below the repository.
  fs.mkdirSync(at("near/worktrees/x"), { recursive: true });
  fs.writeFileSync(at("near/worktrees/x/commondir"), `${at("main/.git")}\n`);
  fs.writeFileSync(at("near/worktrees/x/gitdir"), `${at("f/.git")}\n`);
  expect(strange("f", `gitdir: ${at("near/worktrees/x")}\n`)).toContain(leads);
  fs.mkdirSync(at("g"));
  fs.symlinkSync(at("main/.git"), at("g/.git"));
  expect(whyOff(at("g"))).toContain("its .git is a link");
  git("-C", "main", "worktree", "add", "-q", ".git/inside");
  expect(whyOff(at("main/.git/inside"))).toContain("inside of its repository's own folder");
});

test("a repository is off that the person may not name, or that holds what is hidden", () => {
  git("-C", "main", "worktree", "add", "-q", "../feature");
  const named = (hiddenPaths: string[], may = true) => gitOf({ root: at("feature"), hiddenPaths }, () => may);
  expect(named([]).linked).toEqual({ common: at("main/.git"), own: "worktrees/feature" });
  expect(named([], false)).toEqual({ linked: null, why: expect.stringContaining("in a folder that no admin opened") });
  expect(named([at("main")])).toEqual({ linked: null, why: expect.stringContaining("data of Banyan itself") });
});

test("what was found is kept for the tree", () => {
  expect(rememberedGit(at("cache"))).toBeNull();
  const found = { why: null, linked: { common: "/r/.git", own: "worktrees/x" } };
  rememberGit(at("cache"), found);
  expect(rememberedGit(at("cache"))).toEqual(found);
});

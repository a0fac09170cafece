/** G2: an agent in a person's own repository leaves nothing there that runs at the person's next git command. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ToolOutcome } from "@/agents/tools/contract/tool";
import { writeFile } from "@/agents/tools/files/write-file";
import { terminalTool } from "@/agents/tools/terminal/use-terminal";
import { createTestWorld, git, type TestWorld } from "@/agents/tools/testing/world";

let world: TestWorld;
let canary: string;

beforeEach(() => {
  world = createTestWorld();
  fs.chmodSync(world.base, 0o777);
  canary = path.join(world.base, "canary");
  git(world.root, "init", "-q", "-b", "main");
  git(world.root, "config", "user.email", "ann@example.org");
  git(world.root, "config", "user.name", "Ann");
  world.write("a.txt", "a\n");
  git(world.root, "add", ".");
  git(world.root, "commit", "-qm", "first");
});
afterEach(() => world.remove());

/** The folder's owners: an ordinary account, and root, for which commands work on a copy. */
const OWNERS =
  process.getuid?.() === 0
    ? ([
        ["an account", 64_999],
        ["root", 0],
      ] as const)
    : ([["the server", null]] as const);

function ownedBy(uid: number | null): void {
  if (uid !== null) execFileSync("chown", ["-hR", `${uid}:${uid}`, world.root]);
}

async function run(
  command: string,
): Promise<{ exit_status: number; stdout: string; stderr: string; outcome: ToolOutcome }> {
  const outcome = await world.call(terminalTool(), { command }, { guardsGit: true });
  return { ...JSON.parse(outcome.content), outcome };
}

/** The git commands that a person gives next, in any of their folders. */
function personLooks(): void {
  for (const folder of [world.root, path.join(world.root, "sub"), path.join(world.base, "tree")])
    if (fs.existsSync(folder))
      for (const args of [["status"], ["diff"], ["log", "-1"], ["commit", "--allow-empty", "-qm", "mine"]])
        try {
          execFileSync("git", ["-c", "safe.directory=*", ...args], { cwd: folder, stdio: "ignore" });
        } catch {
          // It is fine when git fails there.
        }
}

const trap = () => `touch ${canary}`;
const replaced = (folder: string, settings: string) =>
  `mv ${folder} ${folder}-old; cp -r ${folder}-old ${folder}; printf '[core]\\n\\tfsmonitor="${trap()}; false"\\n' >> ${folder}/${settings}`;

/** A person's submodule in `sub`, or a worktree beside the workspace. */
function withSecondFolder(name: string): void {
  if (name.includes("submodule")) {
    const source = path.join(world.base, "source");
    git(world.base, "clone", "-q", world.root, source);
    git(world.root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", source, "sub");
    git(world.root, "commit", "-qm", "with a submodule");
  }
  if (name.includes("worktree's")) {
    git(world.root, "config", "extensions.worktreeConfig", "true");
    git(world.root, "worktree", "add", "-q", "--detach", path.join(world.base, "tree"));
  }
}

const ATTACKS: Record<string, () => string> = {
  fsmonitor: () => `git config core.fsmonitor '${trap()}; false'`,
  "the settings file": () => `printf '[core]\\n\\tfsmonitor = "${trap()}; false"\\n' >> .git/config`,
  "the settings file, replaced": () =>
    `printf '[core]\\nrepositoryformatversion=0\\nfsmonitor="${trap()}"\\n' > .git/c && mv -f .git/c .git/config`,
  "a hook": () => `printf '#!/bin/sh\\n${trap()}\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit`,
  "a folder of hooks": () =>
    `rm -rf .git/hooks; mkdir -p .git/hooks; printf '#!/bin/sh\\n${trap()}\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit`,
  "attributes and a filter": () =>
    `mkdir -p .git/info; echo '* filter=x' > .git/info/attributes; git config filter.x.clean '${trap()}; cat'; touch a.txt`,
  "another repository in its place": () =>
    `mv .git old && git init -q . && git config core.fsmonitor '${trap()}; false'`,
  "another repository in its place, by copy": () =>
    `cp -r .git new; rm -rf .git; mv new .git; git config core.fsmonitor '${trap()}; false'`,
  "a setting of a worktree": () =>
    `git config extensions.worktreeConfig true; printf '[core]\\nfsmonitor="${trap()}"\\n' > .git/config.worktree`,
  "a setting of a worktree, where the person uses them": () =>
    `printf '[core]\\nfsmonitor="${trap()}"\\n' > .git/config.worktree`,
  "another folder of settings": () =>
    `cp -r .git elsewhere; printf '[core]\\nfsmonitor="${trap()}"\\n' >> elsewhere/config; echo ../elsewhere > .git/commondir`,
  "a submodule's settings, in a copy that takes its folder's place": () => replaced(".git/modules/sub", "config"),
  "a submodule's settings, in a copy of the folder above": () => replaced(".git/modules", "sub/config"),
  "a worktree's settings, in a copy that takes its folder's place": () =>
    replaced(".git/worktrees/tree", "config.worktree"),
};

for (const [whose, uid] of OWNERS)
  test.each(Object.keys(ATTACKS))(`%s does not run, in a folder of ${whose}`, async (name) => {
    if (name.includes("person uses them")) git(world.root, "config", "extensions.worktreeConfig", "true");
    withSecondFolder(name);
    ownedBy(uid);
    await run(ATTACKS[name]?.() ?? "");
    personLooks();
    expect(fs.existsSync(canary)).toBe(false);
    // An agent may still destroy its own files, which is visible and runs nothing.
    if (!name.includes("by copy"))
      expect(git(world.root, "-c", "safe.directory=*", "log", "--format=%s")).toContain("first");
  });

for (const [whose, uid] of OWNERS)
  test(`an agent commits, branches and merges in a folder of ${whose} as before`, async () => {
    ownedBy(uid);
    const work =
      "git checkout -qb work && echo b > b.txt && git add b.txt && git commit -qm second && git checkout -q main && git merge -q work && git stash list && git log --oneline | wc -l";
    expect(await run(work)).toMatchObject({ exit_status: 0, stdout: "2\n" });
    expect(git(world.root, "-c", "safe.directory=*", "log", "--format=%s", "-1").trim()).toBe("second");
  });

test("a new repository that would run something is put before a person, once; an honest one is not", async () => {
  ownedBy(OWNERS[0][1]);
  expect((await run("git init -q honest && echo x > honest/x")).outcome.flag).toBeUndefined();
  const planted = await run(`git init -q sub && git -C sub config core.fsmonitor '${trap()}; false'`);
  expect(planted.outcome.flag).toMatchObject({
    title: "A git repository in your folder would run programs",
    detail: expect.stringContaining("settings in sub/.git/config"),
    evidence: "sub/.git",
  });
  expect((await run("true")).outcome.flag).toBeUndefined();
  const bare = await run(`git init -q --bare inner && printf '#!/bin/sh\\n' > inner/hooks/pre-push`);
  expect(bare.outcome.flag?.detail).toContain("hooks (pre-push) in inner/hooks");
});

test("a repository whose list of submodules is too long to be checked is put before a person", async () => {
  ownedBy(OWNERS[0][1]);
  const planted = await run("git init -q sub && cd sub/.git && for i in $(seq 100); do : > sharedindex.$i; done");
  expect(planted.outcome.flag?.detail).toContain("submodules in sub/.git/index, which is too long to be checked");
  expect((await run("true")).outcome.flag).toBeUndefined();
});

test("a repository below that was there before is watched, too", async () => {
  git(world.root, "init", "-q", "sub");
  ownedBy(OWNERS[0][1]);
  expect((await run("true")).outcome.flag).toBeUndefined();
  const changed = await run(`git -C sub config core.fsmonitor '${trap()}; false'`);
  expect(changed.outcome.flag?.detail).toContain("settings in sub/.git/config");
});

test("file tools write nothing into a repository's own folder, at any depth and in any case", async () => {
  for (const given of [".git/config", ".git/hooks/pre-commit", "sub/.git/config", ".GIT/config", ".git/info/x"]) {
    const outcome = await world.call(writeFile, { path: given, content: "x" }, { guardsGit: true });
    expect(outcome, given).toMatchObject({ isError: true, content: expect.stringContaining("belongs to git,") });
  }
});

/** A repository with a trap, and its gitlink between other entries. A person's `git status` enters it. */
function inIndex(folder: string): string {
  return `echo node_modules > .gitignore && touch node_a node_z z && git add . && git init -q ${folder} && git -C ${folder} commit -q --allow-empty -m x && git add -f ${folder} && git -C ${folder} config core.fsmonitor x`;
}

/** Each in a repository of its own, which git takes for sound. */
const PLANTED: Record<string, string> = {
  "in the header's line": "git init -q new && printf '[core] fsmonitor = touch x\\n' >> new/.git/config",
  "after more than is read":
    "git init -q new && (yes '# nothing' | head -c 300000; printf '[core]\\nfsmonitor = x\\n') >> new/.git/config",
  "in a worktree's settings":
    "git init -q new && git -C new config extensions.worktreeConfig true && printf '[core]\\nfsmonitor = x\\n' > new/.git/config.worktree",
  "in another folder":
    "git init -q new && mkdir other && cp -r new/.git/. other && printf '[core]\\nfsmonitor = x\\n' >> other/config && echo ../../other > new/.git/commondir",
  "in the folder around it":
    "git init -q new && cp -r new/.git/. . && printf '[core]\\nfsmonitor = x\\n' >> config && rm HEAD; echo ../.. > new/.git/commondir",
  "in a bare one without settings":
    "git init -q --bare new && rm new/config && printf '#!/bin/sh\\n' > new/hooks/pre-push",
  "in a submodule's folder":
    "git init -q new && git init -q new/.git/modules/a && mv new/.git/modules/a/.git/* new/.git/modules/a && printf '[core]\\nfsmonitor = x\\n' >> new/.git/modules/a/config",
  "that the index names, in an ignored folder that is not searched": inIndex("node_modules/a/b"),
  "that the index names in version 4": `${inIndex("node_modules/a/b")} && git update-index --index-version 4`,
  "that a split index names": `${inIndex("node_modules/a/b")} && git update-index --split-index`,
  "that a submodule's index names": `git init -q target/a && git -C target/a config core.fsmonitor x && git -C target/a commit -q --allow-empty -m x && mkdir dist && cd dist && git init -q sub && mv ../target sub && git -C sub add target/a && git -C sub commit -qm x && cd .. && git add -f dist/sub`,
  "in a folder that is not searched": "git init -q target && git -C target config core.fsmonitor x",
};

test.each(Object.keys(PLANTED))("a trap %s is put before a person", async (name) => {
  ownedBy(OWNERS[0][1]);
  const { outcome } = await run(PLANTED[name] ?? "");
  expect(outcome.flag?.title, outcome.content).toBe("A git repository in your folder would run programs");
});

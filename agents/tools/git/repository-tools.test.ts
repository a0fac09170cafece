import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ToolContext, WorldTool } from "@/agents/tools/contract/tool";
import { measureFolder } from "@/agents/tools/files/measure-folder";
import { type CallOptions, createTestWorld, git, type TestWorld } from "@/agents/tools/testing/world";
import { type GitServer, startGitServer } from "@/lib/git/testing/git-server";
import { gitHistory } from "./git-history";
import { openRepository } from "./open-repository";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => world.remove());

async function json(tool: WorldTool, input: unknown = {}, more?: CallOptions) {
  const outcome = await world.call(tool, input, more);
  expect(outcome.isError ?? false, outcome.content).toBe(false);
  return JSON.parse(outcome.content);
}

function shell(command: string, folder = world.root): string {
  return execFileSync("bash", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

/** A small repository with two authors, a test, a licence, TODOs, a link, a binary file and something untracked. */
function makeRepository(folder = world.root): void {
  git(folder, "init", "-q", "-b", "trunk");
  const write = (name: string, content: string | Buffer) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  };
  write("LICENSE", "MIT\n");
  write(
    "src/a.ts",
    "// SPDX-License-Identifier: MIT\n\n/* block\n   comment */ const a = 1; // TODO: more\nexport { a };\n",
  );
  write("src/a.test.ts", "// FIXME\ntest();");
  write("src/deep/tool.py", "# comment\nprint('TODOS')\n");
  write("image.png", Buffer.from([0x89, 0x50, 0, 1]));
  write("docs/read me é.md", "# Title\n");
  fs.symlinkSync("LICENSE", path.join(folder, "link"));
  write(".gitignore", "out/\nnode_modules/\n");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "one", "--date=2024-01-02T03:04:05Z");
  write("src/a.ts", `${fs.readFileSync(path.join(folder, "src/a.ts"), "utf8")}// end\n`);
  git(folder, "commit", "-q", "-a", "-m", "two", "--author=Bob <bob@example.org>", "--date=2025-01-02T03:04:05Z");
  write("out/built.js", "built();\n");
  write("node_modules/x/index.js", "x();\n");
}

describe("a repository in the workspace", () => {
  test("is opened, and its facts agree with git's own", async () => {
    makeRepository();
    expect(await json(openRepository)).toEqual({
      git: true,
      path: ".",
      branch: "trunk",
      commits: 2,
      reports: "",
      commit: git(world.root, "rev-parse", "HEAD"),
    });
    expect(await json(gitHistory, { limit: 2 })).toEqual({
      git: true,
      path: ".",
      commits: 2,
      authors: 2,
      truncated: false,
      first_commit_at: "2024-01-02T03:04:05.000Z",
      last_commit_at: "2025-01-02T03:04:05.000Z",
      most_changed_files: [
        { path: "src/a.ts", commits: 2 },
        { path: ".gitignore", commits: 1 },
      ],
    });
    const docs = await json(gitHistory, { path: "docs" });
    expect(docs).toMatchObject({ commits: 1, most_changed_files: [{ path: "docs/read me é.md", commits: 1 }] });
  });

  test("is measured by what git tracks, and the counts agree with counts made another way", async () => {
    makeRepository();
    await json(openRepository);
    const measured = await json(measureFolder);
    expect(measured).toMatchObject({
      path: ".",
      basis: "git",
      code_lines: 4,
      licence_files: ["LICENSE"],
      files: Number(shell("git ls-files | wc -l")),
      bytes: Number(shell(`git ls-files -z | xargs -0 stat -c '%F %s' | awk '/^regular/ {n += $NF} END {print n}'`)),
      lines: Number(
        shell(`git ls-files -z | grep -zv -e png -e link | xargs -0 grep -ch '' | awk '{n += $1} END {print n}'`),
      ),
      todos: {
        count: Number(shell("git ls-files -z src | xargs -0 grep -wE 'TODO|FIXME' | wc -l")),
        first: [
          { path: "src/a.test.ts", line: 1, text: "// FIXME" },
          { path: "src/a.ts", line: 4, text: "comment */ const a = 1; // TODO: more" },
        ],
      },
      tests: { count: 1, files: ["src/a.test.ts"] },
      licence_headers: { files: 1, source_files: 3, share: 0.333 },
      subfolders: [
        { name: "docs", files: 1 },
        { name: "src", files: 3 },
      ],
      skipped: { binary: 1, too_large: 0, links: 1, submodules: 0, missing: 0, other: 0 },
    });
    const typescript = measured.languages.find(({ name }: { name: string }) => name === "TypeScript");
    expect(typescript).toMatchObject({ files: 2, code_lines: 3, lines: 8 });
    const src = await json(measureFolder, { path: "src", exclude_subfolders: true });
    expect(src).toMatchObject({ path: "src", basis: "git", files: 2, subfolders: [{ name: "deep", files: 1 }] });
    expect(await json(measureFolder, { path: "out" })).toMatchObject({ basis: "disk", files: 1, code_lines: 1 });
  });

  test("that is hidden is neither opened nor shown, also when another task has opened it", async () => {
    makeRepository();
    const hiddenPaths = [path.join(world.root, ".git")];
    await json(openRepository);
    expect(await json(gitHistory, {}, { hiddenPaths })).toEqual({ git: false, path: "." });
    expect(await json(openRepository, {}, { hiddenPaths })).toMatchObject({ git: false });
  });

  test("packed history, a detached head, tags and an empty repository are read too", async () => {
    makeRepository();
    git(world.root, "tag", "-a", "v1", "-m", "v1");
    git(world.root, "gc", "-q");
    git(world.root, "checkout", "-q", "--detach", "HEAD~1");
    expect(await json(openRepository)).toMatchObject({ branch: null, commits: 1 });
    git(world.root, "init", "-q", "-b", "main", "empty");
    world.write("empty/a.js", "");
    expect(await json(openRepository, { path: "empty" })).toMatchObject({
      git: true,
      branch: "main",
      commit: null,
      commits: 0,
    });
    expect(await json(measureFolder, { path: "empty" })).toMatchObject({ basis: "disk", files: 1 });
  });

  test("a folder whose name looks like an option of git is a folder", async () => {
    makeRepository();
    fs.mkdirSync(path.join(world.root, "--abbrev=x"));
    fs.writeFileSync(path.join(world.root, "--abbrev=x", "one.c"), "int one;\n");
    git(world.root, "add", "-A");
    git(world.root, "commit", "-q", "-m", "three");
    await json(openRepository);
    expect(await json(measureFolder, { path: "--abbrev=x" })).toMatchObject({ files: 1, lines: 1 });
  });

  test("a folder whose name is not UTF-8 is not named as one, and its files are counted where it lies", async () => {
    makeRepository();
    shell("mkdir $'\\xff dir' && echo x > $'\\xff dir/x.c' && git add -A");
    git(world.root, "commit", "-q", "-m", "three");
    await json(openRepository);
    const whole = await json(measureFolder);
    expect(whole.subfolders.map((subfolder: { name: string }) => subfolder.name)).toEqual(["docs", "src"]);
    expect(whole.skipped.missing).toBe(1);
    const direct = await json(measureFolder, { exclude_subfolders: true });
    const inFolders = whole.subfolders.reduce((sum: number, subfolder: { files: number }) => sum + subfolder.files, 0);
    expect(direct.files + inFolders).toBe(whole.files);
  });

  test("opened again after new commits, it shows them", async () => {
    makeRepository();
    await json(openRepository);
    git(world.root, "commit", "-q", "--allow-empty", "-m", "three");
    const again = await Promise.all([json(openRepository), json(openRepository)]);
    for (const answer of again) expect(answer).toMatchObject({ commits: 3 });
  });
});

describe("a folder without git", () => {
  test("is no error, and is measured by what is on disk", async () => {
    world.write("a.go", "package a\n");
    world.write("node_modules/x.js", "x");
    world.write("big.bin", Buffer.alloc(300_000));
    fs.symlinkSync("/etc/passwd", path.join(world.root, "passwd"));
    execFileSync("mkfifo", [path.join(world.root, "pipe")]);
    expect(await json(openRepository)).toEqual({ git: false, path: ".", reports: "" });
    expect(await json(gitHistory)).toEqual({ git: false, path: "." });
    const measured = await json(measureFolder);
    expect(measured).toMatchObject({ basis: "disk", files: 4, bytes: 300_010, lines: 1, code_lines: 1 });
    expect(measured).toMatchObject({ skipped: { binary: 1, links: 1, other: 1 } });
    expect(measured).toMatchObject({ largest_files: [{ path: "big.bin", bytes: 300_000 }, { path: "a.go" }] });
  });

  test("hidden files are not measured", async () => {
    world.write(".env", "SECRET=1\n");
    world.write("data/db", "x\n");
    world.write("a.js", "1\n");
    const hiddenPaths = [path.join(world.root, ".env"), path.join(world.root, "data")];
    const measured = await json(measureFolder, {}, { hiddenPaths });
    expect(measured).toMatchObject({ files: 1, bytes: 2, subfolders: [] });
  });

  test("100,000 lines and a file too large for text are measured within reason", async () => {
    world.write("long.ts", "const line = 1; // TODO\n".repeat(100_000));
    const fd = fs.openSync(path.join(world.root, "huge.ts"), "w");
    fs.ftruncateSync(fd, 5 * 1024 ** 3);
    fs.closeSync(fd);
    const measured = await json(measureFolder);
    expect(measured).toMatchObject({ lines: 100_000, code_lines: 100_000, todos: { count: 100_000 } });
    expect(measured.todos.first.length).toBe(20);
    expect(measured.skipped.too_large).toBe(1);
  });

  test("what .gitignore names is not measured, unless the folder itself is asked for", async () => {
    world.write(".gitignore", "out/\n*.log\n");
    for (const path of ["out/a.js", "src/x.log", "src/a.ts"]) world.write(path, "1\n");
    const whole = await json(measureFolder);
    expect(whole).toMatchObject({ basis: "disk", files: 2, subfolders: [{ name: "src", files: 1 }] });
    // The parts add up to the whole.
    expect(await json(measureFolder, { path: "src" })).toMatchObject({ files: 1 });
    expect(await json(measureFolder, { path: "out" })).toMatchObject({ files: 1 });
  });
});

describe("a hostile repository", () => {
  test("runs nothing: no hook, filter, monitor, pager or alternate leaves its canary", async () => {
    makeRepository();
    const canary = path.join(world.base, "canary");
    const touch = `touch ${canary}; cat`;
    const settings: Record<string, string> = {
      "core.fsmonitor": touch,
      "core.pager": touch,
      "core.sshCommand": touch,
      "core.editor": touch,
      "core.hooksPath": path.join(world.root, ".git", "hooks"),
      "uploadpack.packObjectsHook": touch,
      "filter.evil.smudge": touch,
      "filter.evil.clean": touch,
      "filter.evil.process": touch,
      "diff.external": touch,
      "diff.evil.textconv": touch,
      "diff.evil.command": touch,
      "log.showSignature": "true",
      "gpg.program": touch,
      "credential.helper": `!${touch}`,
      "include.path": path.join(world.base, "included"),
      "alias.log": `!${touch}`,
    };
    world.write(".gitattributes", "* filter=evil diff=evil\n");
    git(world.root, "add", ".gitattributes");
    git(world.root, "commit", "-q", "-m", "attributes");
    for (const [name, value] of Object.entries(settings)) git(world.root, "config", name, value);
    fs.mkdirSync(path.join(world.root, ".git", "hooks"), { recursive: true });
    for (const hook of ["post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change", "pre-receive"]) {
      fs.writeFileSync(path.join(world.root, ".git", "hooks", hook), `#!/bin/sh\n${touch}\n`, { mode: 0o755 });
    }
    expect(await json(openRepository)).toMatchObject({ git: true, commits: 3 });
    await json(gitHistory);
    expect(await json(measureFolder)).toMatchObject({ basis: "git", files: 9 });
    expect(fs.existsSync(canary)).toBe(false);
    // The canary is real: git itself, run in the repository, would set it off.
    shell("git status || true");
    expect(fs.existsSync(canary)).toBe(true);
  });

  test("does not reach objects, references or folders outside the workspace", async () => {
    const secret = path.join(world.base, "secret");
    fs.mkdirSync(secret);
    makeRepository(secret);
    const commit = git(secret, "rev-parse", "HEAD");
    git(world.root, "init", "-q", "-b", "main", "borrower");
    const dotGit = path.join(world.root, "borrower", ".git");
    fs.writeFileSync(path.join(dotGit, "objects", "info", "alternates"), `${secret}/.git/objects\n`);
    fs.writeFileSync(path.join(dotGit, "refs", "heads", "main"), `${commit}\n`);
    expect(shell("git log --format=%s | head -1", path.join(world.root, "borrower"))).toBe("two");
    expect(await json(openRepository, { path: "borrower" })).toMatchObject({
      git: false,
      reason: expect.stringContaining("cannot be read"),
    });

    fs.rmSync(path.join(dotGit, "objects"), { recursive: true });
    fs.symlinkSync(path.join(secret, ".git", "objects"), path.join(dotGit, "objects"));
    expect(await json(openRepository, { path: "borrower" })).toMatchObject({ git: false });

    world.write("pointer/.git", `gitdir: ${secret}/.git\n`);
    expect(await json(openRepository, { path: "pointer" })).toMatchObject({
      git: false,
      reason: expect.stringContaining("outside"),
    });
    world.write("broken/.git/config", "[core]\n");
    expect(await json(openRepository, { path: "broken" })).toMatchObject({
      git: false,
      reason: expect.stringContaining("HEAD is missing"),
    });
    fs.mkdirSync(path.join(world.root, "linked"));
    fs.symlinkSync(path.join(secret, ".git"), path.join(world.root, "linked", ".git"));
    expect(await json(openRepository, { path: "linked" })).toMatchObject({
      git: false,
      reason: expect.stringContaining("outside"),
    });
    expect(await json(gitHistory, { path: "linked" })).toEqual({ git: false, path: "linked" });
  });
});

describe("a repository from a URL", () => {
  let server: GitServer;
  let origin: string;
  let privateHosts: string[];

  beforeEach(async () => {
    const source = path.join(world.base, "source");
    fs.mkdirSync(source);
    makeRepository(source);
    fs.writeFileSync(
      path.join(source, ".gitattributes"),
      "*.md text eol=crlf\nLICENSE export-ignore\n*.py filter=evil\n",
    );
    git(source, "add", "-A");
    git(source, "commit", "-q", "-m", "three");
    git(world.base, "clone", "-q", "--bare", source, path.join(world.base, "served.git"));
    server = await startGitServer(world.base);
    origin = server.host;
    privateHosts = [origin];
  });
  afterEach(() => server.close());

  test("is copied into the workspace as plain files and can be measured", async () => {
    const network = { allowed: true, hosts: [], privateHosts };
    const opened = await json(openRepository, { url: `http://${origin}/served.git` }, { network });
    expect(opened).toMatchObject({ git: true, path: "served", branch: "trunk", commits: 3 });
    const copied = path.join(world.root, "served");
    expect(
      shell(
        "diff -r --no-dereference --exclude=.git --exclude=out --exclude=node_modules ../source served && echo same",
      ),
    ).toBe("same");
    expect(fs.existsSync(path.join(copied, ".git"))).toBe(false);
    expect(fs.readlinkSync(path.join(copied, "link"))).toBe("LICENSE");
    const files = Number(shell("git ls-files | wc -l", path.join(world.base, "source")));
    expect(await json(measureFolder, { path: "served" })).toMatchObject({ basis: "git", files });
    expect(await json(gitHistory, { path: "served/src" })).toMatchObject({
      most_changed_files: [{ path: "served/src/a.ts", commits: 2 }, {}, {}],
    });
    const again = await world.call(openRepository, { url: `http://${origin}/served.git` }, { network });
    expect(again).toMatchObject({ isError: true, content: expect.stringContaining("not empty") });
  });

  test.each([
    [".git", { guardsGit: true }, "belongs to git"],
    ["sub/.git", { guardsGit: true }, "belongs to git"],
    ["sub/.GIT/hooks", { guardsGit: true }, "belongs to git"],
    ["new", { isReadOnly: true }, "is read-only"],
  ])("is not copied into %s of a folder with %o", async (folder, rules, reason) => {
    const network = { allowed: true, hosts: [], privateHosts };
    const given = { url: `http://${origin}/served.git`, path: folder };
    const outcome = await world.call(openRepository, given, { network, ...rules });
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining(reason) });
    expect(fs.readdirSync(world.root)).toEqual([]);
  });

  test("is copied below the scratch folder of a read-only workspace", async () => {
    const network = { allowed: true, hosts: [], privateHosts };
    const given = { url: `http://${origin}/served.git`, path: ".banyan-scratch/served" };
    expect(await json(openRepository, given, { network, isReadOnly: true })).toMatchObject({ git: true, commits: 3 });
  });

  test("brings a repository of its own into a person's folder not without a flag", async () => {
    const source = path.join(world.base, "source");
    git(source, "init", "-q", "--bare", "inner");
    fs.writeFileSync(path.join(source, "inner/refs/kept"), "");
    fs.writeFileSync(path.join(source, "inner/objects/kept"), "");
    git(source, "--git-dir=inner", "config", "core.fsmonitor", "touch canary");
    git(source, "add", "-A");
    git(source, "commit", "-q", "-m", "with a bare repository");
    git(source, "push", "-q", path.join(world.base, "served.git"), "trunk");
    const network = { allowed: true, hosts: [], privateHosts };
    const outcome = await world.call(
      openRepository,
      { url: `http://${origin}/served.git` },
      { network, guardsGit: true },
    );
    expect(outcome.flag?.detail, outcome.content).toContain("settings in served/inner/config");
  });

  test.each([
    ["http://ORIGIN/served.git", "private address|has port", { allowed: true }],
    ["http://ORIGIN/served.git", "no right to use the network", undefined],
    ["http://ORIGIN/missing.git", "no repository at", "listed"],
    ["http://ORIGIN/redirect.git", "another address", "listed"],
    ["https://user:secret@ORIGIN/x.git", "user name or password", "listed"],
    ["http://127.0.0.1/x.git", "private address", { allowed: true }],
    ["http://2130706433/x.git", "private address", { allowed: true }],
    ["http://[::ffff:127.0.0.1]/x.git", "private address", { allowed: true }],
    ["http://169.254.169.254/x.git", "private address", { allowed: true }],
    ["file:///etc", "not an https URL", { allowed: true }],
    ["/etc", "not an https URL", { allowed: true }],
    ["ssh://git@example.org/x", "not an https URL", { allowed: true }],
    ["git@example.org:x/y.git", "not an https URL", { allowed: true }],
    ["ext::sh -c touch% x", "not an https URL", { allowed: true }],
    ["--upload-pack=touch x", "not an https URL", { allowed: true }],
  ])("%s is refused: %s", async (url, reason, allowed) => {
    const network =
      allowed === "listed" ? { allowed: true, hosts: [], privateHosts } : (allowed as ToolContext["network"]);
    const outcome = await world.call(openRepository, { url: url.replace("ORIGIN", origin), path: "new" }, { network });
    expect(outcome.isError).toBe(true);
    expect(outcome.content).toMatch(new RegExp(reason));
    expect(fs.readdirSync(world.root)).toEqual([]);
  });
});

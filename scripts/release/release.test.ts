import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bundle } from "../build.mjs";
import { ROOT } from "../places.mjs";
import { fixture } from "../testing/fixture";

const BUNDLED = `dist/run/release-test-${process.pid}`;
const CHANGELOG = `# Changelog

## [Unreleased]

### Added
- A door for cats.

## [0.1.0] - 2026-01-05

### Added
- A house.
`;
const LOCK = {
  name: "house",
  version: "0.1.0",
  lockfileVersion: 3,
  packages: { "": { name: "house", version: "0.1.0" } },
};

beforeAll(async () => {
  await bundle(ROOT, { release: path.join(ROOT, "scripts/release/release.ts") }, BUNDLED);
  return () => rmSync(path.join(ROOT, BUNDLED), { recursive: true, force: true });
});

test("a release is one commit and one annotated tag, and nothing is pushed", () => {
  const { root, git, release } = checkout();
  const origin = fixture({});
  execFileSync("git", ["clone", "--quiet", "--bare", root, origin]);
  git("remote", "add", "origin", origin);
  const { status, stdout } = release("minor");
  expect(status).toBe(0);
  const dated = read(root, "CHANGELOG.md").replace(/(## \[0\.2\.0\] - )\d{4}-\d\d-\d\d\n/, "$1TODAY\n");
  expect(dated).toBe(CHANGELOG.replace("### Added", "## [0.2.0] - TODAY\n\n### Added"));
  expect(JSON.parse(read(root, "package.json"))).toEqual({ name: "house", version: "0.2.0" });
  expect(JSON.parse(read(root, "package-lock.json"))).toEqual({
    ...LOCK,
    version: "0.2.0",
    packages: { "": { name: "house", version: "0.2.0" } },
  });
  expect(git("status", "--porcelain")).toBe("");
  expect(git("log", "--format=%s")).toBe("Release 0.2.0\nA house");
  expect(git("cat-file", "-t", "v0.2.0")).toBe("tag");
  expect(git("rev-parse", "v0.2.0^{commit}")).toBe(git("rev-parse", "main"));
  expect(git("tag", "--list", "--format=%(contents:subject)", "v0.2.0")).toBe("Release 0.2.0");
  expect(git("ls-remote", "origin", "refs/tags/*")).toBe("");
  expect(stdout).toContain("git push --atomic origin main v0.2.0");
});

test("a dry run says what the release brings, and changes nothing", () => {
  const { git, release } = checkout();
  const before = git("for-each-ref");
  const { status, stdout } = release("1.0.0", "--dry-run");
  expect(status).toBe(0);
  expect(stdout).toContain("Release 1.0.0, tag v1.0.0:");
  expect(stdout).toContain("A door for cats.");
  expect(git("for-each-ref")).toBe(before);
  expect(git("status", "--porcelain")).toBe("");
});

const REFUSED: {
  name: string;
  wanted?: string[];
  prepare?: (made: ReturnType<typeof checkout>) => void;
  says: string;
}[] = [
  { name: "without a version", wanted: [], says: "Say which release" },
  { name: "an unknown option", wanted: ["minor", "--push"], says: "Say which release" },
  { name: "a word that is no version", wanted: ["huge"], says: "Not a version: huge" },
  { name: "the same version", wanted: ["0.1.0"], says: "0.1.0 is not greater than 0.1.0" },
  { name: "a smaller version", wanted: ["0.0.9"], says: "0.0.9 is not greater than 0.1.0" },
  { name: "another branch", prepare: ({ git }) => git("switch", "--quiet", "-c", "cats"), says: "is on cats" },
  { name: "no branch", prepare: ({ git }) => git("switch", "--quiet", "--detach"), says: "is on no branch" },
  { name: "a tag that exists", prepare: ({ git }) => git("tag", "v0.2.0"), says: "The tag v0.2.0 exists already" },
  {
    name: "a file that git does not know",
    prepare: ({ root }) => write(root, "new.txt", "x"),
    says: "Not committed: new.txt",
  },
  {
    name: "a changed changelog",
    prepare: ({ root }) => write(root, "CHANGELOG.md", `${CHANGELOG}\n`),
    says: "Not committed: CHANGELOG.md",
  },
  {
    name: "only headings below Unreleased",
    prepare: (made) => commit(made, "CHANGELOG.md", CHANGELOG.replace("- A door for cats.\n", "")),
    says: '"Unreleased" in CHANGELOG.md has no entry',
  },
  {
    name: "no section Unreleased",
    prepare: (made) => commit(made, "CHANGELOG.md", CHANGELOG.replace("## [Unreleased]", "## Soon")),
    says: "has no section",
  },
];

test.each(REFUSED)("refuses $name, and changes nothing", ({ wanted = ["minor"], prepare, says }) => {
  const made = checkout();
  prepare?.(made);
  const state = () => [made.git("for-each-ref"), made.git("rev-parse", "HEAD"), made.git("status", "--porcelain")];
  const before = state();
  const { status, stderr } = made.release(...wanted);
  expect(stderr).toContain(says);
  expect(status).toBe(2);
  expect(state()).toEqual(before);
});

test("when git refuses the tag, the checkout is as it was, and the next run makes the release", () => {
  const { root, git, release } = checkout();
  const hook = ".git/hooks/reference-transaction";
  write(root, hook, '#!/bin/sh\nif [ "$1" = prepared ] && grep -q refs/tags/; then exit 1; fi\n', 0o755);
  const before = git("rev-parse", "main");
  expect(release("minor").status).not.toBe(0);
  expect(git("rev-parse", "main")).toBe(before);
  expect(git("tag")).toBe("");
  expect(git("status", "--porcelain")).toBe("");
  expect(read(root, "CHANGELOG.md")).toBe(CHANGELOG);
  rmSync(path.join(root, hook));
  expect(release("minor").status).toBe(0);
  expect(git("tag")).toBe("v0.2.0");
});

test("a run that is killed after the tag leaves old files; the next run brings them to the release", () => {
  const { root, git, release } = checkout();
  const hook = ".git/hooks/reference-transaction";
  // The hook's parent is git, and git's parent is the run.
  const kill = "kill -9 $(ps -o ppid= -p $PPID)";
  write(root, hook, `#!/bin/sh\nif [ "$1" = committed ] && grep -q refs/tags/; then ${kill}; fi\n`, 0o755);
  expect(release("minor").signal).toBe("SIGKILL");
  rmSync(path.join(root, hook));
  expect(git("tag")).toBe("v0.2.0");
  expect(read(root, "CHANGELOG.md")).toBe(CHANGELOG);
  // One file is new already, as when the run ends between two files.
  git("checkout", "--quiet", "HEAD", "--", "package.json");
  const { status, stdout } = release("minor");
  expect(status).toBe(0);
  expect(stdout).toContain("v0.2.0 was made by a run that was cut off");
  expect(git("status", "--porcelain")).toBe("");
  expect(read(root, "CHANGELOG.md")).toContain("## [0.2.0]");
  expect(git("tag")).toBe("v0.2.0");
});

test("a person's change after a release is never overwritten", () => {
  const { root, release } = checkout();
  release("minor");
  const edited = `${read(root, "CHANGELOG.md")}\n- A word of mine.\n`;
  write(root, "CHANGELOG.md", edited);
  const { status, stderr } = release("patch");
  expect(stderr).toContain("Not committed: CHANGELOG.md");
  expect(status).toBe(2);
  expect(read(root, "CHANGELOG.md")).toBe(edited);
});

function checkout() {
  const root = fixture({
    "CHANGELOG.md": CHANGELOG,
    "package.json": `${JSON.stringify({ name: "house", version: "0.1.0" }, null, 2)}\n`,
    "package-lock.json": `${JSON.stringify(LOCK, null, 2)}\n`,
  });
  const who = {
    GIT_AUTHOR_NAME: "A",
    GIT_AUTHOR_EMAIL: "a@example.org",
    GIT_COMMITTER_NAME: "A",
    GIT_COMMITTER_EMAIL: "a@example.org",
  };
  const env = { ...process.env, ...who, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, env, encoding: "utf8" }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "A house");
  const release = (...args: string[]) =>
    spawnSync(process.execPath, ["--input-type=module", "-e", STARTER, ...args], { cwd: root, env, encoding: "utf8" });
  return { root, git, release };
}

const PROGRAM = path.join(ROOT, BUNDLED, "release.mjs");
const STARTER = `const { main } = await import(${JSON.stringify(PROGRAM)}); process.exitCode = main(process.argv.slice(1));`;

function commit({ root, git }: ReturnType<typeof checkout>, file: string, text: string): void {
  write(root, file, text);
  git("commit", "--quiet", "-am", "Words");
}

function read(root: string, file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

function write(root: string, file: string, text: string, mode?: number): void {
  writeFileSync(path.join(root, file), text, { mode });
}

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { readSettings } from "../model/settings";
import { type FileTree, treeOf } from "../model/tree";
import { createFixture, type Fixture } from "../testing/fixture";
import { openBlobs } from "./blobs";
import { treeOfCommit } from "./commit-tree";
import { addedLines, unchangedPieces } from "./lines";
import { reachedFrom } from "./reached";
import { findRepository } from "./repository";
import { sideOf, workingSide } from "./sides";
import { testSide, withTestSideOf } from "./test-side";
import { changesBetween, layOver, textIn } from "./trees";

let fixture: Fixture | null = null;
afterEach(() => fixture?.end());

function place(made: Fixture) {
  const dir = path.join(made.base, "scratch");
  return { dir, blobs: openBlobs(path.join(made.base, "blobs")) };
}

test("a commit is read with its modes, links and contents of any bytes", async () => {
  fixture = createFixture({ "a/empty.txt": "", "b.sh": "true\n" });
  execFileSync("git", ["-C", fixture.folder, "update-index", "--chmod=+x", "b.sh"]);
  execFileSync("ln", ["-s", "b.sh", path.join(fixture.folder, "link")]);
  fixture.put("big.txt", "x".repeat(300_000));
  fixture.git("add", "a", "big.txt", "link");
  fixture.git("commit", "-q", "-m", "More");
  const { blobs, dir } = place(fixture);
  const tree = await treeOfCommit(findRepository(fixture.folder), fixture.git("rev-parse", "HEAD"), { blobs, dir });
  expect(tree.files.get("b.sh")?.kind).toBe("executable");
  expect(tree.files.get("link")?.kind).toBe("link");
  expect(textIn(tree, "link", blobs)).toBe(null);
  expect(textIn(tree, "a/empty.txt", blobs)).toBe("");
  expect(textIn(tree, "big.txt", blobs)?.length).toBe(300_000);
  expect([...tree.files.keys()]).toEqual(fixture.git("ls-files").split("\n"));
});

test("the folder is read as git add -A takes it: the index, and what only looks like another repository", async () => {
  fixture = createFixture({ ".gitignore": "*.log\n", "kept.log": "a\n" });
  fixture.git("add", "-f", "kept.log");
  fixture.commit();
  const { folder } = fixture;
  fixture.git("rm", "-q", "--cached", "kept.log");
  fixture.put("staged.log", "a\n");
  fixture.put("deep/staged.log", "a\n");
  fixture.git("add", "-f", "staged.log", "deep/staged.log");
  fixture.put("deep/other.log", "a\n");
  mkdirSync(path.join(folder, "src/empty/.git"), { recursive: true });
  fixture.put("src/empty/f.js", "a\n");
  fixture.put("src/file/.git", "gitdir: ../nowhere\n");
  fixture.put("src/file/f.js", "a\n");
  fixture.put("src/bare/.git/HEAD", "ref: refs/heads/main\n");
  fixture.put("src/bare/f.js", "a\n");
  const real = path.join(folder, "src/real");
  execFileSync("git", ["init", "-q", real]);
  fixture.put("src/real/f.js", "a\n");
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
  execFileSync("git", ["-C", real, ...identity, "commit", "-q", "--allow-empty", "-m", "x"]);
  fixture.put("src/node_modules/a/index.js", "a\n");
  const of = { ...place(fixture), repository: findRepository(folder) };
  const { tree } = await workingSide(of, await sideOf(of, "HEAD"));
  fixture.git("add", "-A");
  const added = fixture.git("ls-files").split("\n");
  expect(added).toContain("src/empty/f.js");
  const isLeftOut = (name: string) => name === "src/real" || name.startsWith("src/node_modules/");
  expect([...tree.files.keys()].sort()).toEqual(added.filter((name) => !isLeftOut(name)).sort());
  expect(tree.leftOut).toEqual(["src/node_modules", "src/real"]);
  fixture.put(`${"a/".repeat(129)}f.js`, "a\n");
  await expect(workingSide(of, await sideOf(of, "HEAD"))).rejects.toThrow(/lies below more than 128 folders/);
});

test("names that leave the folder, reach git's own files or cannot be told apart are refused", async () => {
  fixture = createFixture();
  const { folder } = fixture;
  const git = (args: string[], input: string | Buffer = "") =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args], { input })
      .toString()
      .trim();
  const blob = git(["hash-object", "-w", "--stdin"], "x");
  const raw = (name: Buffer) =>
    git(
      ["hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
      Buffer.concat([Buffer.from("100644 "), name, Buffer.from([0]), Buffer.from(blob, "hex")]),
    );
  for (const name of [Buffer.from(".."), Buffer.from(".git"), Buffer.from(".GIT"), Buffer.from([0x61, 0xff])]) {
    const commit = git(["commit-tree", raw(name), "-m", "x"]);
    await expect(treeOfCommit(findRepository(folder), commit, place(fixture))).rejects.toThrow(
      /a name that cannot be used/,
    );
  }
});

const file = (oid: string): [string, { kind: "file"; oid: string }][1] => ({ kind: "file", oid });
const paths = ({ files }: FileTree) => [...files].map(([name, { oid }]) => `${name} ${oid}`).sort();

test("laying the base's tests over a change: links and files in the way do not lead them elsewhere", () => {
  const side = treeOf([
    ["tests/a.ts", file("1")],
    ["src/b.ts", file("2")],
  ]);
  const source = treeOf([
    ["tests", { kind: "link", oid: "3" }],
    ["src/b.ts", file("4")],
    ["tests2/c.ts", file("5")],
  ]);
  expect(paths(layOver(source, side, (name) => name.startsWith("tests/")))).toEqual([
    "src/b.ts 4",
    "tests/a.ts 1",
    "tests2/c.ts 5",
  ]);
});

test("package.json keeps the change's packages and the base's keys for tests", () => {
  fixture = createFixture();
  const { blobs } = place(fixture);
  const manifest = (value: object): [string, ReturnType<typeof file>] => [
    "package.json",
    file(blobs.add(Buffer.from(JSON.stringify(value)))),
  ];
  const head = treeOf([manifest({ name: "n", dependencies: { a: "2" }, scripts: { test: "true" }, jest: {} })]);
  const base = treeOf([manifest({ name: "n", dependencies: { a: "1" }, scripts: { test: "jest" } })]);
  const laid = withTestSideOf(head, base, { isOnSide: testSide(readSettings(null, "")), blobs });
  expect(JSON.parse(textIn(laid, "package.json", blobs) ?? "")).toEqual({
    name: "n",
    dependencies: { a: "2" },
    scripts: { test: "jest" },
  });
  expect(changesBetween(head, laid).map(({ path: name }) => name)).toEqual(["package.json"]);
  const marked = file(blobs.add(Buffer.from(`\uFEFF${JSON.stringify({ name: "m", scripts: { test: "true" } })}`)));
  const commented = file(blobs.add(Buffer.from(`// ${JSON.stringify({ scripts: { test: "true" } })}`)));
  const link = { kind: "link" as const, oid: blobs.add(Buffer.from("other.json")) };
  const shown = [marked, commented, link].map((own) => {
    const side = { isOnSide: testSide(readSettings(null, "")), blobs };
    return JSON.parse(textIn(withTestSideOf(treeOf([["package.json", own]]), base, side), "package.json", blobs) ?? "");
  });
  const whole = { name: "n", dependencies: { a: "1" }, scripts: { test: "jest" } };
  expect(shown).toEqual([{ name: "m", scripts: { test: "jest" } }, whole, whole]);
});

test("what the tests' commands reach in the base, from file to file", () => {
  fixture = createFixture();
  const { blobs } = place(fixture);
  const files: Record<string, string> = {
    "package.json":
      '{ "scripts": { "pretest": "node scripts/before.mjs", "test": "npm run all", "all": "sh ci/all.sh", "start": "node bin/start.js", "post": "wireit", "posttest": "npm run post" }, "wireit": { "post": { "command": "node scripts/after.mjs", "dependencies": ["last"] }, "last": { "command": "node scripts/last.mjs" }, "odd": null } }',
    "scripts/before.mjs": 'import { a } from "./lib/a";\nimport "../src/b.mjs";\n',
    "scripts/lib/a.mjs": "export const a = 1;\n",
    "ci/all.sh": "for f in ci/parts/*.sh; do . $f; done\n. ci/local.sh\n",
    "bin/start.js": "",
    "src/b.mjs": "",
    "vitest.config.ts":
      'export default { test: { setupFiles: ["./src/first.ts"], environment: "node", include: ["src/**"] } };\n',
    ".mocharc.yml": "require: ./src/hooks.js\n",
  };
  const base = treeOf(
    Object.entries(files).map(([name, text]) => [name, { kind: "file", oid: blobs.add(Buffer.from(text)) }]),
  );
  const isReached = reachedFrom(["npm test"], base, blobs);
  const names = [
    "scripts/before.mjs",
    "scripts/lib/a.mjs",
    "scripts/after.mjs",
    "scripts/last.mjs",
    "ci/all.sh",
    "ci/parts/x.sh",
    "ci/local.sh",
    "src/first.ts",
  ];
  expect([...names, "src/hooks.js"].filter((name) => !isReached(name))).toEqual([]);
  // Sources belong to the change, even if a program uses them, and so do programs that no test starts.
  expect(["bin/start.js", "src/b.mjs", "scripts/other.mjs", "src/node", "src/c.ts"].filter(isReached)).toEqual([]);
});

test("added lines and unchanged pieces", () => {
  expect(addedLines("a\nb\n", "a\nx\nb\ny\n")).toEqual([
    { line: 2, text: "x" },
    { line: 4, text: "y" },
  ]);
  expect(addedLines(null, "a\nb")).toEqual([
    { line: 1, text: "a" },
    { line: 2, text: "b" },
  ]);
  expect(unchangedPieces("a\nb\n", "x\na\nb\n")).toEqual([{ from: 0, to: 2, length: 4 }]);
});

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestWorld, type TestWorld } from "@/agents/tools/testing/world";
import { findFiles } from "./find-files";
import { searchFiles } from "./search-files";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => world.remove());

function writeAll(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) world.write(name, content);
}

async function check(input: Record<string, unknown>, expected: string[] | RegExp, isError = false): Promise<void> {
  const outcome = await world.call(searchFiles, input);
  expect(outcome.isError ?? false, outcome.content).toBe(isError);
  if (Array.isArray(expected)) expect(outcome.content.split("\n")).toEqual(expected);
  else expect(outcome.content).toMatch(expected);
}

async function found(input: Record<string, unknown>): Promise<string[]> {
  const { content } = await world.call(searchFiles, { pattern: "x", output: "files", ...input });
  return content === "No line matches." ? [] : content.split("\n");
}

async function named(input: Record<string, unknown>): Promise<string[]> {
  const { content } = await world.call(findFiles, input);
  return content === "No file matches." ? [] : content.split("\n");
}

describe("which files are searched", () => {
  test("ignore files count in their folder and below, the deeper and the later rule first", async () => {
    writeAll({
      ".gitignore":
        "# a comment\n\n*.log\n/build/\nsecret?.txt\n!keep.log\nlogs/**\ntrailing \\ \nspaced  \n\\#hash\n\\!bang\n",
      "a.log": "x",
      "keep.log": "x",
      "build/a": "x",
      "deep/build/a": "x",
      "secret1.txt": "x",
      "secret.txt": "x",
      "logs/a": "x",
      "logs/b/c": "x",
      spaced: "x",
      "#hash": "x",
      "!bang": "x",
      "deep/b.log": "x",
      "deep/.gitignore": "!b.log\nkeep.log\n/only-here\n",
      "deep/keep.log": "x",
      "deep/only-here": "x",
      "deep/er/only-here": "x",
      "deep/er/keep.log": "x",
      "deep/er/.gitignore": "!keep.log",
    });
    const visible = ["deep/b.log", "deep/build/a", "deep/er/keep.log", "deep/er/only-here", "keep.log", "secret.txt"];
    expect(await found({})).toEqual(visible);
    expect(await named({ pattern: "**" })).toEqual(visible);
    expect(await found({ path: "deep" })).toEqual(visible.filter((file) => file.startsWith("deep/")));
    expect(await found({ path: "deep/er" })).toEqual(["deep/er/keep.log", "deep/er/only-here"]);
    // A file or folder named directly is always searched.
    expect(await found({ path: "a.log" })).toEqual(["a.log"]);
    expect(await found({ path: "build" })).toEqual(["build/a"]);
    expect((await found({ no_ignore: true })).length).toBe(16);
  });

  test("what is ignored agrees with what git ignores", async () => {
    const rules = [
      "*.o",
      "/top",
      "dir/",
      "a/b",
      "**/c/d",
      "e/**/f",
      "!e/x/f",
      "g/*",
      "!g/keep",
      "[hi]x",
      "j\\*k",
      "l/**",
    ];
    world.write(".gitignore", `${rules.join("\n")}\n`);
    world.write("n/.gitignore", "!*.o\ntop\n");
    const names = [
      "a.o",
      "top",
      "dir/y",
      "a/b",
      "c/d",
      "z/c/d",
      "e/f",
      "e/x/f",
      "e/x/y/f",
      "g/keep",
      "g/z",
      "hx",
      "jx",
    ];
    const more = [
      "jxk",
      "l/p",
      "l/m/o",
      "z/top",
      "z/a/b",
      "z/dir/w",
      "n/a.o",
      "n/top",
      "n/z/top",
      "n/z/b.o",
      "a/c",
      "k/l",
    ];
    for (const name of [...names, ...more]) world.write(name, "x");
    world.write("j*k", "x");
    world.write("file/dir", "x");
    const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    execFileSync("git", ["init", "-q"], { cwd: world.root, env });
    const listed = execFileSync("git", ["ls-files", "--others", "--exclude-standard"], {
      cwd: world.root,
      env,
      encoding: "utf8",
    });
    const expected = listed.split("\n").filter((name) => name && !name.endsWith(".gitignore"));
    expect((await found({})).sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(8);
  });

  test(".ignore beats .gitignore and .rgignore beats both, from wherever they stand", async () => {
    writeAll({
      ".gitignore": "a\nb\nc\n",
      ".ignore": "!b\nd\n",
      ".rgignore": "!c\n!d\ne\n",
      a: "x",
      b: "x",
      c: "x",
      d: "x",
      e: "x",
      "deep/.gitignore": "b\n",
      "deep/b": "x",
    });
    expect(await found({})).toEqual(["b", "c", "d", "deep/b"]);
  });

  test("a repository within another is not ruled by the outer one's .gitignore; its info/exclude counts", async () => {
    writeAll({
      ".gitignore": "a\n",
      ".ignore": "b\n",
      "inner/.git/info/exclude": "c\n",
      "inner/.git/HEAD": "x",
      "inner/a": "x",
      "inner/b": "x",
      "inner/c": "x",
      "inner/deep/a": "x",
      a: "x",
    });
    expect(await found({})).toEqual(["inner/a", "inner/deep/a"]);
    expect(await found({ hidden: true, no_ignore: true })).not.toContain("inner/.git/HEAD");
  });

  test("hidden files, node_modules and binary files are left out, unless they are asked for", async () => {
    writeAll({ ".env": "x", ".github/w.yml": "x", "a/.b/c": "x", "node_modules/m/i.js": "x", "b.txt": "x" });
    world.write("binary", Buffer.from("x\0"));
    world.write("utf16", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("x é", "utf16le")]));
    expect(await found({})).toEqual(["b.txt", "utf16"]);
    expect(await found({ hidden: true })).toEqual([".env", ".github/w.yml", "a/.b/c", "b.txt", "utf16"]);
    expect(await found({ no_ignore: true })).toContain("node_modules/m/i.js");
    await check({ pattern: "é" }, ["utf16:1: x é"]);
    await check({ pattern: "x", path: "binary" }, /is a binary file/);
    expect(await named({ pattern: ".env" })).toEqual([".env"]);
    expect(await named({ pattern: ".github/**" })).toEqual([]);
    expect(await named({ pattern: ".github/**", hidden: true })).toEqual([".github/w.yml"]);
    expect(await named({ pattern: "!*.txt" })).toEqual(["binary", "utf16"]);
  });

  test("globs and types narrow, the last glob that fits decides, and a glob that names a file beats ignore files", async () => {
    writeAll({
      "a.ts": "x",
      "a.test.ts": "x",
      "src/b.tsx": "x",
      "c.js": "x",
      ".gitignore": "*.log\n",
      "d.log": "x",
    });
    expect(await found({ glob: "*.ts" })).toEqual(["a.test.ts", "a.ts"]);
    expect(await found({ glob: ["*.ts", "!*.test.ts"] })).toEqual(["a.ts"]);
    expect(await found({ glob: ["!*.ts", "*.test.ts"] })).toEqual(["a.test.ts"]);
    expect(await found({ glob: "!*.ts" })).toEqual(["c.js", "src/b.tsx"]);
    expect(await found({ glob: "*.log" })).toEqual(["d.log"]);
    expect(await found({ glob: "/*.{js,ts}" })).toEqual(["a.test.ts", "a.ts", "c.js"]);
    expect(await found({ type: "ts" })).toEqual(["a.test.ts", "a.ts", "src/b.tsx"]);
    expect(await found({ type: "ts", glob: "src/**" })).toEqual(["src/b.tsx"]);
    await check(
      { pattern: "x", type: "constructor" },
      /There is no file type "constructor"; use `glob`, or one of: c,/,
      true,
    );
  });

  test("an ignore file that is a link, a pipe, huge or hostile is no rule, and costs no time", async () => {
    fs.writeFileSync(path.join(world.base, "rules"), "a\n");
    fs.symlinkSync(path.join(world.base, "rules"), path.join(world.root, ".gitignore"));
    execFileSync("mkfifo", [path.join(world.root, ".ignore")]);
    world.write("a", "x");
    expect(await found({})).toEqual(["a"]);
    fs.rmSync(path.join(world.root, ".gitignore"));
    const hostile = [...Array<string>(50).fill(`${"*a".repeat(1000)}b`), `${"d/**/".repeat(20)}b`];
    world.write(".gitignore", hostile.join("\n"));
    world.write("a".repeat(255), "x");
    world.write(`${"d/".repeat(40)}c`, "x");
    world.write(".rgignore", "a\n".repeat(100_000));
    expect(await found({})).toEqual(["a", "a".repeat(255), `${"d/".repeat(40)}c`]);
  });
});

describe("what matches", () => {
  test("case, smart case, plain text and whole words", async () => {
    world.write("a", "Foo\nfoo\nfoobar\na.b(c)\naxb(c)\ncafé foo_\n");
    await check({ pattern: "foo", ignore_case: true, word: true }, ["a:1: Foo", "a:2: foo"]);
    await check({ pattern: "foo$", smart_case: true }, ["a:1: Foo", "a:2: foo"]);
    await check({ pattern: "Foo", smart_case: true }, ["a:1: Foo"]);
    await check({ pattern: "^\\S*oo$", smart_case: true }, ["a:1: Foo", "a:2: foo"]);
    await check({ pattern: "a.b(c)", fixed_strings: true }, ["a:4: a.b(c)"]);
    await check({ pattern: "caf", word: true }, ["No line matches."]);
    await check({ pattern: "(?i)FOO$" }, ["a:1: Foo", "a:2: foo"]);
    await check({ pattern: "caf\\p{L} foo\\_" }, /not a valid regular expression/, true);
    await check({ pattern: "foo\\_" }, ["a:6: café foo_"]);
  });

  test("lines around a match, in groups", async () => {
    world.write("a", "1\n2\nx3\n4\n5\n6\n7\nx8\nx9\n10\n");
    world.write("b", "x\n");
    await check({ pattern: "x", context_lines: 1 }, [
      "a-2- 2",
      "a:3: x3",
      "a-4- 4",
      "--",
      "a-7- 7",
      "a:8: x8",
      "a:9: x9",
      "a-10- 10",
      "--",
      "b:1: x",
    ]);
    await check({ pattern: "x8", before_lines: 1, after_lines: 0 }, ["a-7- 7", "a:8: x8"]);
    await check({ pattern: "x8", context_lines: 1, before_lines: 0 }, ["a:8: x8", "a:9: x9".replace(":9:", "-9-")]);
  });

  test("counts, files, and limits for each file and for all", async () => {
    world.write("a", "x\nx\nx\n");
    world.write("b", "x\n");
    await check({ pattern: "x", output: "count" }, ["a:3", "b:1"]);
    await check({ pattern: "x", output: "files", max_results: 1 }, ["a", "[Stopped at 1 files; there may be more.]"]);
    await check({ pattern: "x", max_count: 1 }, ["a:1: x", "b:1: x"]);
    await check({ pattern: "x", max_results: 2 }, ["a:1: x", "a:2: x", "[Stopped at 2 lines; there may be more.]"]);
  });

  test("across lines when asked, and a refusal that says so when not", async () => {
    world.write("a", "start {\r\n  one\r\n}\r\nend\r\nstart {}\r\n");
    await check({ pattern: "start \\{[^}]*\\}", multiline: true }, [
      "a:1: start {",
      "a:2:   one",
      "a:3: }",
      "a:5: start {}",
    ]);
    await check({ pattern: "^one|^end$", multiline: true }, ["a:4: end"]);
    await check({ pattern: "(?s)one.*end", multiline: true, output: "count" }, ["a:3"]);
    await check({ pattern: "one\\n}" }, /set `multiline`/, true);
    await check({ pattern: "\\\\n" }, ["No line matches."]);
    await check({ pattern: "x*", multiline: true, output: "count" }, ["a:5"]);
  });

  test("a long line is cut around its match", async () => {
    world.write("a", `${"y".repeat(5000)}needle${"z".repeat(5000)}\n`);
    const { content } = await world.call(searchFiles, { pattern: "needle" });
    expect(content).toMatch(/^a:1: \[…\]y{100}needlez+\[…\]$/);
    expect(content.length).toBeLessThan(600);
  });

  test("patterns that explode, in lines and across them, are ended; globs cannot", async () => {
    world.write("a", `${"a".repeat(60)}!\n`);
    for (const more of [{}, { multiline: true }, { output: "count" }, { word: true }]) {
      const outcome = await world.call(searchFiles, { pattern: "(a+)+$", ...more }, { timeoutMs: 300 });
      expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining("longer than 300 ms") });
    }
    world.write("a".repeat(200), "x");
    expect(await named({ pattern: `${"*a".repeat(40)}b` })).toEqual([]);
    expect(await found({ glob: `${"*a".repeat(40)}b` })).toEqual([]);
  });
});

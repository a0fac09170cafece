import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WorldTool } from "@/agents/tools/contract/tool";
import { createTestWorld, type TestWorld } from "@/agents/tools/testing/world";
import { NO_SERVICES, worldTools } from "@/agents/tools/world-tools";
import { editFile } from "./edit-file";
import { findFiles } from "./find-files";
import { listDirectory } from "./list-directory";
import { readFile } from "./read-file";
import { searchFiles } from "./search-files";

const WORLD_TOOLS = worldTools(NO_SERVICES);

import { writeFile } from "./write-file";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => world.remove());

async function check(tool: WorldTool, input: unknown, expected: string | RegExp, isError = false): Promise<void> {
  const outcome = await world.call(tool, input);
  if (typeof expected === "string") expect(outcome.content).toBe(expected);
  else expect(outcome.content).toMatch(expected);
  expect(outcome.isError ?? false).toBe(isError);
}

describe("read_file", () => {
  test("returns a whole file, or the lines asked for with their place", async () => {
    world.write("a.txt", "one\ntwo\nthree\n");
    await check(readFile, { path: "a.txt" }, "one\ntwo\nthree\n");
    await check(readFile, { path: "a.txt", offset_lines: 1, limit_lines: 1 }, "two\n[Lines 2 to 2 of 3.]");
    await check(readFile, { path: "a.txt", offset_lines: 9 }, "The file has 3 lines; there is nothing after line 9.");
    await check(readFile, { path: "nothing" }, /There is no "nothing"/, true);
  });

  test("a file of 100,000 lines is returned in part, and its end can be asked for", async () => {
    world.write("long", Array.from({ length: 100_000 }, (_, i) => `line ${i + 1}\n`).join(""));
    await check(readFile, { path: "long" }, /^line 1\n[\s\S]*line 2000\n\[Lines 1 to 2000 of 100000\.\]$/);
    await check(readFile, { path: "long", offset_lines: 99_999 }, "line 100000\n[Lines 100000 to 100000 of 100000.]");
  });
});

describe("write_file and edit_file", () => {
  test("a file is created, edited and replaced", async () => {
    await check(writeFile, { path: "notes/a.md", content: "one two one" }, "Created notes/a.md (11 bytes).");
    await check(
      editFile,
      { path: "notes/a.md", old_text: "two", new_text: "$& 2" },
      "Replaced 1 occurrence in notes/a.md.",
    );
    await check(readFile, { path: "notes/a.md" }, "one $& 2 one");
    await check(
      editFile,
      { path: "notes/a.md", old_text: "one", new_text: "", replace_all: true },
      /Replaced 2 occurrences/,
    );
    await check(writeFile, { path: "notes/a.md", content: "" }, "Replaced notes/a.md (0 bytes).");
  });

  test("an edit that is not exact is refused and changes nothing", async () => {
    world.write("a", "one one");
    await check(editFile, { path: "a", old_text: "two", new_text: "x" }, /does not occur in "a"/, true);
    await check(editFile, { path: "a", old_text: "one", new_text: "x" }, /occurs 2 times in "a"/, true);
    world.write("b", "aaa");
    await check(editFile, { path: "b", old_text: "aa", new_text: "b" }, /in "b" at two places that overlap/, true);
    expect(fs.readFileSync(path.join(world.root, "b"), "utf8")).toBe("aaa");
    world.write("latin1", Buffer.from([0x61, 0xe9]));
    await check(editFile, { path: "latin1", old_text: "a", new_text: "ö" }, /neither UTF-8 nor/, true);
    expect(fs.readFileSync(path.join(world.root, "a"), "utf8")).toBe("one one");
  });
});

describe("list_directory and find_files", () => {
  test("folders, links and odd things are told apart", async () => {
    world.write("src/a.ts", "abc");
    world.write("node_modules/x/b.ts", "");
    fs.symlinkSync("/etc", path.join(world.root, "link"));
    execFileSync("mkfifo", [path.join(world.root, "pipe")]);
    await check(listDirectory, {}, "link@\nnode_modules/\npipe  (not a regular file)\nsrc/");
    await check(listDirectory, { path: "src" }, "a.ts  3");
    await check(listDirectory, { path: "link" }, /symbolic link/, true);
    fs.symlinkSync("src", path.join(world.root, "sources"));
    await check(listDirectory, {}, /^link@\n.*^sources -> src\n/ms);
    await check(listDirectory, { path: "sources" }, "a.ts  3");
    await check(findFiles, { pattern: "*.ts", path: "sources" }, "src/a.ts");
    await check(listDirectory, { path: "src/a.ts" }, /not a folder/, true);
    await check(findFiles, { pattern: "**/*.ts" }, "src/a.ts");
    await check(findFiles, { pattern: "*.{ts,js}" }, "src/a.ts");
    await check(findFiles, { pattern: "*.ts", path: "src" }, "src/a.ts");
    await check(findFiles, { pattern: "*.py" }, "No file matches.");
    await check(findFiles, { pattern: "+(+(+(+(a))))b" }, "No file matches.");
  });
});

describe("search_files", () => {
  test("matching lines come with their place", async () => {
    world.write("src/a.ts", "first\r\nSecond match\r\n");
    world.write("b.md", "match\nno\nmatch");
    world.write("binary", Buffer.from("match\0"));
    world.write("node_modules/x.ts", "match");
    fs.symlinkSync("b.md", path.join(world.root, "link.md"));
    await check(searchFiles, { pattern: "match$" }, "b.md:1: match\nb.md:3: match\nsrc/a.ts:2: Second match");
    await check(searchFiles, { pattern: "^second", ignore_case: true, glob: "**/*.ts" }, "src/a.ts:2: Second match");
    await check(
      searchFiles,
      { pattern: "match", path: "b.md", max_results: 1 },
      /^b.md:1: match\n\[Stopped at 1 lines/,
    );
    await check(searchFiles, { pattern: "absent" }, "No line matches.");
    await check(searchFiles, { pattern: "(" }, /not a valid regular expression/, true);
    await check(searchFiles, { pattern: "x", path: "../" }, /"\.\."/, true);
  });

  test("a pattern that backtracks without end is ended, and the server stays responsive", async () => {
    world.write("a", `${"a".repeat(60)}!\n`);
    const search = world.call(searchFiles, { pattern: "^(a+)+$" }, { timeoutMs: 400 });
    // Other work runs while the pattern runs.
    const first = await Promise.race([search, new Promise((resolve) => setImmediate(() => resolve("other work")))]);
    const outcome = await search;
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining("took longer than 400 ms") });
    expect(first).toBe("other work");
  });
});

test("every tool refuses to leave the workspace, and says so when the task has none", async () => {
  fs.writeFileSync(path.join(world.base, "secret"), "secret-value");
  fs.symlinkSync(world.base, path.join(world.root, "out"));
  const rest = { content: "x", old_text: "s", new_text: "x", pattern: "secret", folder: "new", operation: "status" };
  for (const tool of WORLD_TOOLS.filter(({ input }) => "path" in (input.toJSONSchema().properties ?? {}))) {
    for (const given of ["../secret", "out/secret", "out", "a\0b", `${world.base}/secret`, `${world.root}-x/secret`]) {
      const fields = Object.keys(tool.input.toJSONSchema().properties ?? {});
      const extra = Object.fromEntries(Object.entries(rest).filter(([field]) => fields.includes(field)));
      const outcome = await world.call(tool, { ...extra, path: given });
      expect(outcome.content).not.toContain("secret-value");
      if (tool.name === "git_history" && given.startsWith("out")) continue;
      expect(outcome, `${tool.name} ${given}`).toMatchObject({ isError: true });
    }
  }
  expect(fs.readFileSync(path.join(world.base, "secret"), "utf8")).toBe("secret-value");
  expect(fs.readdirSync(world.base).sort()).toEqual(["secret", "workspace"]);
  const outcome = await world.call(readFile, { path: "a" }, { workplace: null });
  expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining("no workspace") });
});

test("every tool and every field of its input is described for a model", () => {
  expect(new Set(WORLD_TOOLS.map(({ name }) => name)).size).toBe(WORLD_TOOLS.length);
  for (const tool of WORLD_TOOLS) {
    expect(tool.description.length).toBeGreaterThan(40);
    const properties = tool.input.toJSONSchema().properties ?? {};
    for (const [field, schema] of Object.entries(properties)) {
      expect(schema, `${tool.name}.${field}`).toHaveProperty("description");
    }
  }
});

import { describe, expect, test } from "vitest";
import type { Value, ValueMap } from "@/core/programs/json";
import { type Drive, type Driven, drive, expectSameAtEveryPrefix, type FakeTool, seededRunbook } from "./testing";

/** A repository in memory: path → lines. Each line has ten bytes. */
type Files = Record<string, number>;

const LANGUAGES: Record<string, string> = { ts: "TypeScript", md: "Markdown", py: "Python" };

function largeRepository(): Files {
  const files: Files = { "README.md": 30, "index.ts": 5, "docs/guide.md": 100, "odd|na`me/x.ts": 1 };
  for (let index = 0; index < 150; index++) files[`src/core/file-${index}.ts`] = 10 + index;
  for (let index = 0; index < 100; index++) files[`src/web/page-${index}.py`] = 7;
  files["src/main.ts"] = 50;
  files["src/web/page.test.py"] = 9;
  return files;
}

function measure(files: Files): FakeTool {
  return (input) => {
    const folder = input.path === "." ? "" : `${input.path}/`;
    const inside = Object.keys(files).filter((path) => path.startsWith(folder));
    if (inside.length === 0) throw new Error(`There is no folder ${input.path}.`);
    const below = inside.filter((path) => path.slice(folder.length).includes("/"));
    const counted = input.exclude_subfolders ? inside.filter((path) => !below.includes(path)) : inside;
    const file = (path: string) => ({ path, bytes: (files[path] ?? 0) * 10 });
    const sum = (all: string[]) => all.reduce((lines, path) => lines + (files[path] ?? 0), 0);
    const kinds = new Map<string, string[]>();
    for (const path of counted) {
      const language = LANGUAGES[path.split(".").at(-1) ?? ""] ?? "Other";
      kinds.set(language, [...(kinds.get(language) ?? []), path]);
    }
    const subfolders = new Map<string, number>();
    for (const path of below) {
      const name = path.slice(folder.length).split("/")[0] ?? "";
      subfolders.set(name, (subfolders.get(name) ?? 0) + 1);
    }
    const tests = counted.filter((path) => path.includes(".test."));
    const largest = counted.map(file).toSorted((left, right) => right.bytes - left.bytes);
    return {
      path: input.path ?? null,
      basis: "git",
      files: counted.length,
      lines: sum(counted),
      bytes: sum(counted) * 10,
      languages: [...kinds].map(([name, paths]) => ({
        name,
        files: paths.length,
        lines: sum(paths),
        bytes: sum(paths) * 10,
        code_lines: sum(paths),
      })),
      largest_files: largest.slice(0, 10),
      todos: { count: 1, first: [{ path: counted[0] ?? "", line: 3, text: "TODO: <b>mind</b> the | bar" }] },
      tests: { count: tests.length, files: tests },
      licence_headers: { files: 2, source_files: 20, share: 0.1 },
      licence_files: ["LICENSE"],
      subfolders: [...subfolders].map(([name, amount]) => ({ name, files: amount })),
      skipped: { binary: 0, too_large: 0, links: 0, submodules: 0, missing: 0, other: 0 },
    };
  };
}

function world(files: Files, more: Record<string, FakeTool> = {}): Drive & { written: Map<string, string> } {
  const written = new Map<string, string>();
  const tools: Record<string, FakeTool> = {
    open_repository: (input) => ({
      git: true,
      branch: "main",
      commit: "0123456789abcdef",
      commits: 42,
      path: input.path ?? ".",
    }),
    measure_folder: measure(files),
    git_history: () => ({
      commits: 42,
      authors: 3,
      first_commit_at: "2024-01-02T03:04:05Z",
      last_commit_at: "2025-03-04T03:04:05Z",
      most_changed_files: [{ path: "src/main.ts", commits: 17 }],
    }),
    write_file: ({ path, content }) => {
      written.set(String(path), String(content));
      return `Created ${path}.`;
    },
    read_file: ({ path }) => written.get(String(path)) ?? "",
    ...more,
  };
  const runbooks = { "repository-folder": seededRunbook("repository-folder") };
  return { tools, runbooks, written };
}

function survey(drivenWorld: Drive, instruction = "Survey this repository"): Driven {
  const driven = drive(seededRunbook("repository-survey"), instruction, drivenWorld);
  expectSameAtEveryPrefix(driven);
  return driven;
}

const failed = (driven: Driven) => driven.checks.filter(({ passed }) => !passed).map(({ statement }) => statement);

describe("repository-survey", () => {
  test("a repository with a large folder: two levels, sums that agree, a report of everything", () => {
    const files = largeRepository();
    const drivenWorld = world(files);
    const driven = survey(drivenWorld);
    expect(driven.status).toBe("success");
    expect(driven.checks).toHaveLength(7);
    expect(failed(driven)).toEqual([]);
    expect(driven.turns).toEqual([
      "open_repository",
      "measure_folder",
      "measure_folder",
      "git_history",
      "start_subtask+start_subtask+start_subtask",
      "write_file",
      "read_file",
      "end_task",
    ]);
    expect(driven.subtasks.map(({ subtasks }) => subtasks.length)).toEqual([2, 0, 0]);
    expect(driven.subtasks[0]?.checks).toMatchObject([{ passed: true }]);

    const report = drivenWorld.written.get("repository-survey.md") ?? "";
    const lines = Object.values(files)
      .reduce((sum, amount) => sum + amount, 0)
      .toLocaleString("en-US");
    expect(report).toContain("At commit `0123456789ab` of branch `main`, with 42 commits of history.");
    expect(report).toContain(`| Files | ${Object.keys(files).length} |\n| Lines | ${lines} |`);
    expect(report).toContain("| `src` | 252 | 13,434 |");
    expect(report).toContain("| ``odd\\|na`me`` | 1 | 1 |");
    expect(report).toContain("### Inside the large folders");
    expect(report).toContain("| `src/core` | 150 | 12,675 |");
    expect(report).toContain("| `src/main.ts` | 17 |");
    expect(report).toContain("TODO: \\<b\\>mind\\</b\\> the \\| bar");
    expect(report).toContain("- `src/web/page.test.py`");
    expect(report).toContain(
      "- Passed: Every file is counted in exactly one folder, or outside all folders (254 files in folders",
    );
    expect(report).toContain("From 2024-01-02 to 2025-03-04: 42 commits by 3 authors.");
    expect(report).toContain("2 source files have a licence header, of 20 (10 %).");
    expect(report).not.toMatch(/undefined|\[object|NaN|\{\{|\n\n\n/);
    expect(driven.result).toContain("The report is in the workspace, as repository-survey.md.");
    expect(driven.result).toContain("# Repository survey");
  });

  test("every table's rows have as many cells as its heading", () => {
    const drivenWorld = world(largeRepository());
    survey(drivenWorld);
    const report = drivenWorld.written.get("repository-survey.md") ?? "";
    const tables = report.split("\n\n").filter((block) => block.startsWith("|"));
    expect(tables.length).toBeGreaterThanOrEqual(5);
    for (const table of tables) {
      const cells = table
        .trim()
        .split("\n")
        .map((row) => row.replace(/\\\|/g, "").split("|").length);
      expect(new Set(cells).size, table).toBe(1);
    }
  });

  test("each subtask's result is JSON on one line that its parent can read whole", () => {
    const files = largeRepository();
    for (let index = 0; index < 240; index++) {
      files[`deep/${"long-folder-name-".repeat(8)}${index % 120}/file-${index}.ts`] = 3;
    }
    for (let index = 0; index < 300; index++) files[`wide/${index}/file.ts`] = 1;
    const driven = survey(world(files));
    for (const { result } of driven.subtasks) {
      expect(result.length).toBeLessThanOrEqual(4_000);
      expect(result).not.toContain("\n");
      expect(JSON.parse(result)).toMatchObject({ path: expect.any(String), files: expect.any(Number) });
    }
    expect(failed(driven)).toEqual([]);
  });

  test("a workspace that refuses writing: the report is the result", () => {
    const refuse: FakeTool = () => {
      throw new Error("The workspace is read-only.");
    };
    const driven = survey(world(largeRepository(), { write_file: refuse }));
    expect(driven.status).toBe("success");
    expect(driven.result).toContain("could not be written into the workspace");
    expect(driven.result).toContain("| `src` | 252 |");
    expect(failed(driven)).toEqual([]);
  });

  test("subtasks that fail or are refused: reported, and their folders measured anyway", () => {
    const start: FakeTool = (input) => {
      if (input.title === "Survey docs") throw new Error("The tree has no tasks left.");
      if (input.title !== "Survey src") return undefined as unknown as Value;
      return { task: "t_9", title: input.title, status: "stopped", summary: "Stopped by a person.", verdict: null };
    };
    const drivenWorld = world(largeRepository(), { start_subtask: start });
    const driven = survey(drivenWorld);
    const report = drivenWorld.written.get("repository-survey.md") ?? "";
    expect(driven.status).toBe("success");
    expect(failed(driven)).toEqual(["Every subtask succeeded"]);
    expect(report).toContain("- `src`: stopped, Stopped by a person.");
    expect(report).toContain("- `docs`: refused, The tree has no tasks left.");
    expect(report).toContain("| `src` | 252 | 13,434 |");
    expect(report).toContain("- **Failed**: Every subtask succeeded (3 subtasks, 2 without success).");
  });

  test("a folder that changes between two measurements does not pass the checks", () => {
    const files = largeRepository();
    const honest = measure(files);
    const lying: FakeTool = (input) => {
      const measured = honest(input) as ValueMap;
      return input.path === "docs" ? { ...measured, files: 2, lines: 0 } : measured;
    };
    const driven = survey(world(files, { measure_folder: lying }));
    expect(failed(driven)).toEqual([
      "Every file is counted in exactly one folder, or outside all folders",
      "The lines of the folders add up to the whole",
    ]);
  });

  test("more folders than subtasks: the smallest are measured by the survey itself", () => {
    const files: Files = { "a.ts": 1 };
    for (let index = 0; index < 55; index++) files[`folder-${index}/x.ts`] = index;
    const driven = survey(world(files));
    expect(driven.subtasks).toHaveLength(40);
    expect(driven.turns).toContain(Array.from({ length: 15 }, () => "measure_folder").join("+"));
    expect(failed(driven)).toEqual([]);
  });

  test("an address in the task is cloned", () => {
    const opened: ValueMap[] = [];
    const open: FakeTool = (input) => {
      opened.push(input);
      return { git: true, branch: "main", commit: "abc", commits: 1, path: "." };
    };
    const driven = survey(
      world(largeRepository(), { open_repository: open }),
      "Survey the repository https://host.example/a/b.git.",
    );
    expect(opened[0]).toEqual({ url: "https://host.example/a/b.git" });
    expect(driven.result).toContain("Cloned from `https://host.example/a/b.git`, at commit `abc`");
  });

  test("no git, no folders, one file", () => {
    const open: FakeTool = () => ({ git: false, branch: null, commit: null, commits: 0, path: "." });
    const driven = survey(world({ "only.md": 2 }, { open_repository: open }));
    expect(driven.turns).not.toContain("git_history");
    expect(driven.result).toContain("This folder is not a git repository, so there is no history.");
    expect(failed(driven)).toEqual([]);
  });

  test("a repository that cannot be opened ends it, saying why", () => {
    const open: FakeTool = () => {
      throw new Error("There is no such repository.");
    };
    expect(survey(world({ "a.ts": 1 }, { open_repository: open }))).toMatchObject({
      status: "failure",
      result: "Step 2, “Open the repository”, failed: open_repository answered: There is no such repository.",
    });
  });
});

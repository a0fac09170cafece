import { describe, expect, test } from "vitest";
import { parseRunbook } from "./parse";
import type { Runbook } from "./runbook";
import { matchRunbook, namingLine, runbookNamed } from "./select";
import { seededRunbook } from "./testing";

const SEEDED = ["dependency-check", "repository-folder", "repository-survey"].map(
  (name) => parseRunbook(seededRunbook(name)).runbook as Runbook,
);

describe("a runbook named by the instruction's first line", () => {
  test("what namingLine writes, runbookNamed reads", () => {
    const inputs = { path: 'a "b"\n{{c}}\u2028', depth: 2, list: [1, { x: null }] };
    expect(runbookNamed(`${namingLine("repository-folder", inputs)}\nA sentence.`)).toEqual({
      name: "repository-folder",
      inputs,
    });
  });

  test.each<[string, unknown]>([
    ["Follow the runbook a-b", { name: "a-b", inputs: {} }],
    ['Follow the runbook a with {"x":1}\r\nmore', { name: "a", inputs: { x: 1 } }],
    ["Follow the runbook a with {broken", null],
    ["Follow the runbook a with {broken}", null],
    ["Follow the runbook a with [1]", null],
    ["Please follow the runbook a", null],
    ['A sentence.\nFollow the runbook a with {"x":1}', null],
    ["", null],
  ])("%j", (instruction, expected) => {
    expect(runbookNamed(instruction)).toEqual(expected);
  });
});

describe("a runbook matched by its front matter", () => {
  test.each<[string, string | null]>([
    ["Survey this repository", "repository-survey"],
    ["please SURVEY\n  this   repository, thoroughly", "repository-survey"],
    ["Make an inventory of https://host.example/x.git, the whole code base", null],
    ["Take stock of our code base", "repository-survey"],
    ["Check the dependencies of this project", "dependency-check"],
    ["Audit package.json and its lock", "dependency-check"],
    ["Survey this repository and check the dependencies", "dependency-check"],
    ["Write a poem", null],
    ["", null],
    ['Follow the runbook repository-folder with {"path":"a"}\nSurvey this repository', "repository-folder"],
    ["Follow the runbook unknown\nSurvey this repository", null],
  ])("%j", (instruction, expected) => {
    expect(matchRunbook(instruction, SEEDED)?.name ?? null).toBe(expected);
  });

  test("a task of megabytes is matched by its start, fast", () => {
    expect(matchRunbook(`Survey this repository ${"survey ".repeat(1_000_000)}`, SEEDED)?.name).toBe(
      "repository-survey",
    );
  });
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createProgram } from "./program";

test("docs/command-line.md describes every command", () => {
  const { commands } = createProgram(async () => {});
  const names = commands.map((command) => command.name());
  const described = readFileSync("docs/command-line.md", "utf8");
  expect(names.filter((name) => !new RegExp(`\`${name}[\` ]`).test(described))).toEqual([]);
});

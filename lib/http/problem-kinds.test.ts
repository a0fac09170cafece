import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PROBLEM_KINDS } from "./problem-kinds";

test("the documentation lists every problem with its status", () => {
  const listed = [...readFileSync("docs/http-api.md", "utf8").matchAll(/^\| `\/problems\/([a-z-]+)` \| (\d+) \|/gm)];
  expect(listed.map(([, kind, status]) => [kind, Number(status)])).toEqual(
    Object.entries(PROBLEM_KINDS).map(([kind, { status }]) => [kind, status]),
  );
});

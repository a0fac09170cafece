import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkMap } from "./map";
import { readSources } from "./sources";

const FILES = {
  "core/decide.ts": 'import { reply } from "./notes";\nexport const decide = () => reply();\n',
  "core/notes.ts": "export function reply() {}\n",
  "db/log.ts": "export function createLog() {\n  return { append: () => undefined };\n}\n",
  "agents/turn.ts": 'import { decide } from "@/core/decide";\nexport const turn = (log) => log.append(decide());\n',
  "launcher/main.mjs": 'export const program = path.join(folder, "rehearse.mjs");\n',
  "launcher/rehearse.mjs": "export {};\n",
  "docs/adding.md": "Words.\n",
};

/** Checks a project whose map has these rows. */
function check(...rows: string[]): string[] {
  const table = ["| question | place |", "| --- | --- |", ...rows.map((row) => `| Where is it? | ${row} |`)];
  const text = ["# Architecture", "", "## Where to find", ...table, "", "## Tests", "| a | `b` |", ""].join("\n");
  return checkMap(readSources(fixture({ ...FILES, "ARCHITECTURE.md": text }))).map(faultLine);
}

test("a way leads from a file to a file or function that it imports, calls or starts", () => {
  expect(
    check(
      "`agents/turn.ts` → `core/decide.ts` → `reply` in `notes.ts`",
      "`agents/turn.ts` → `append` in `db/log.ts`; the rest: `core/`",
      "`launcher/main.mjs` → `rehearse.mjs`",
      "one file in `agents/`, see `core/<noun>.ts` and [adding](docs/adding.md)",
      "[docs/adding.md](docs/adding.md)",
    ),
  ).toEqual([]);
});

const FIX = "name a function of it that is called (`name` in `file`), or the file between";

test("a way without a step in the code is named", () => {
  expect(check("`agents/turn.ts` → `core/notes.ts`", "`core/decide.ts` → `append` in `db/log.ts`")).toEqual([
    `ARCHITECTURE.md:6: leads from agents/turn.ts to core/notes.ts, which it neither imports nor calls: ${FIX}`,
    `ARCHITECTURE.md:7: leads from core/decide.ts to db/log.ts, which it neither imports nor calls: ${FIX}`,
  ]);
});

test("a file or name that does not exist is named", () => {
  expect(check("`core/gone.ts`", "`core/gone/`", "`reply` in `core/decide.ts`")).toEqual([
    "ARCHITECTURE.md:6: names core/gone.ts, which does not exist",
    "ARCHITECTURE.md:7: names core/gone/, which does not exist",
    "ARCHITECTURE.md:8: says that `reply` is in core/decide.ts, which does not declare it",
  ]);
});

test("a name needs its file, and a row needs a place", () => {
  expect(check("`reply` and `core/notes.ts` (`decide`)", "in the core")).toEqual([
    "ARCHITECTURE.md:6: names reply without a file: write `name` in `file`",
    "ARCHITECTURE.md:6: names decide without a file: write `name` in `file`",
    "ARCHITECTURE.md:7: has a row that names no place",
  ]);
});

test("a way has at most three places", () => {
  expect(check("`agents/turn.ts` → `core/decide.ts` → `core/notes.ts` → `core/`")).toEqual([
    `ARCHITECTURE.md:6: leads from core/notes.ts to core/, which it neither imports nor calls: ${FIX}`,
    "ARCHITECTURE.md:6: has a way of 4 places, and the limit is 3: name those that the question is about",
  ]);
});

test("a map without its table is named, and a project without a map has none", () => {
  const map = "# Architecture\n";
  expect(checkMap(readSources(fixture({ ...FILES, "ARCHITECTURE.md": map }))).map(faultLine)).toEqual([
    "ARCHITECTURE.md: has no table below “## Where to find”",
  ]);
  expect(checkMap(readSources(fixture(FILES)))).toEqual([]);
});

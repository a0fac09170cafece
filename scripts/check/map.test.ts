import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkMap } from "./map";
import { readSources } from "./sources";

const FILES = {
  "core/decide.ts": "export const decide = 1;\n",
  "agents/turn/turn.ts": 'import { decide } from "@/core/decide";\nexport const turn = decide;\n',
  "agents/turn/model-call.ts": "export const callModel = 1;\n",
  "db/log.ts": "export const log = 1;\n",
};

/** Checks a project whose map has this place in its only row. */
function check(place: string): string[] {
  const map = `# Map\n\n## Where to find\n| question | place |\n| --- | --- |\n| Where? | ${place} |\n\n## Next\n\`gone.ts\`\n`;
  return checkMap(readSources(fixture({ ...FILES, "ARCHITECTURE.md": map }))).map(faultLine);
}

test("a row that leads from file to file by their imports, and names what they contain, is true", () => {
  expect(
    check("`agents/turn/turn.ts` → `core/decide.ts` (`decide`); beside it `model-call.ts`, any `core/<noun>.ts`"),
  ).toEqual([]);
  expect(check("`agents/` → `core/`")).toEqual([]);
});

test("a file that is gone, a word that no file has, and a step without an import are named", () => {
  const at = "ARCHITECTURE.md:6: ";
  expect(check("`agents/turn/old.ts`")).toEqual([
    `${at}names agents/turn/old.ts, which does not exist: name where it is now`,
  ]);
  expect(check("`undecided` in `core/decide.ts`")).toEqual([
    `${at}says undecided, which no file of the row contains: name the file that does`,
  ]);
  expect(check("`agents/turn/turn.ts` → `db/log.ts`")).toEqual([
    `${at}leads from agents/turn/turn.ts to db/log.ts, and no import does: name the file between them`,
  ]);
});

test("a map without its table is a fault; a project without a map has none", () => {
  const lost = fixture({ ...FILES, "ARCHITECTURE.md": "# Map\n" });
  expect(checkMap(readSources(lost))).toHaveLength(1);
  expect(checkMap(readSources(fixture(FILES)))).toEqual([]);
});

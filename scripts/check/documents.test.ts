import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { checkDocuments } from "./documents";
import { faultLine } from "./fault";
import { readSources } from "./sources";

function check(files: Record<string, string>): string[] {
  return checkDocuments(readSources(fixture({ "core/decide.ts": "export {};\n", ...files }))).map(faultLine);
}

test("a document names files, folders and other documents that exist", () => {
  expect(check({ "docs/guide.md": "See `core/decide.ts`, `core/` and [the\nstart](../README.md#start).\n" })).toEqual([
    "docs/guide.md:2: names README.md, which does not exist",
  ]);
  expect(check({ "README.md": "See `core/gone.ts` and\n[the guide](docs/guide.md).\n" })).toEqual([
    "README.md:1: names core/gone.ts, which does not exist",
    "README.md:2: names docs/guide.md, which does not exist",
  ]);
});

test("names of other programs, patterns and addresses are not checked", () => {
  const text = "`src/main.ts`, `server/{id}`, `agents/commands/<noun>.ts`, [home](https://example.org/a.md)\n";
  expect(check({ "README.md": text })).toEqual([]);
});

test("a decision may name files that have moved since", () => {
  expect(check({ "docs/decisions/001-first.md": "`core/gone.ts`\n" })).toEqual([]);
});

import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkPackages } from "./packages";
import { readSources } from "./sources";

const MANIFEST = JSON.stringify({ dependencies: { zod: "4.0.0" }, devDependencies: { vitest: "4.0.0" } });

/** Returns the faults of a project with one file. */
function check(file: string, text: string): string[] {
  return checkPackages(readSources(fixture({ "package.json": MANIFEST, [file]: text }))).map(faultLine);
}

test.each([
  ["lib/x.ts", 'import { z } from "zod";'],
  ["lib/x.ts", 'import type { Mock } from "vitest";'],
  ["lib/x.test.ts", 'import { test } from "vitest";'],
  ["tests/agents/x.ts", 'import { expect } from "vitest";'],
  ["scripts/x.ts", 'import { expect } from "vitest";'],
])("%s may say %s", (file, text) => {
  expect(check(file, text)).toEqual([]);
});

test.each(['import { expect } from "vitest";', 'await import("vitest/config");'])("a server may not say %s", (text) => {
  expect(check("server/x.ts", text)).toEqual([
    'server/x.ts:1: imports the package vitest, which `npm ci --omit=dev` leaves out: move it to "dependencies" in package.json',
  ]);
});

/** Each blueprint passes its own check, alone and with its parts. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type Blueprint, type BlueprintPart, combinationsOf } from "@/core/services/blueprints/blueprints";
import { blueprintNames, readBlueprint, readParts, type Stored } from "@/lib/blueprints/read";
import { ENTITIES } from "./testing/entities";
import { BLUEPRINTS, check, type Made, makeFrom, makeOf } from "./testing/made";

const PARTS = readParts(BLUEPRINTS);
const KNOWN = new Map([...PARTS].map(([name, { described }]) => [name, described]));
const KINDS = blueprintNames(BLUEPRINTS).map((name) => readBlueprint(path.join(BLUEPRINTS, name)).described);
/** A file with code, or what decides how code is built and run. */
const CODE = /\.(ts|json|sql)$/;

/** `npm test` checks each kind, and each pair of parts with code; this checks all that is allowed, for some minutes. */
const areAllChecked = process.env.BANYAN_ALL_COMBINATIONS === "1";

function make({ name, from }: Blueprint, parts: string[]): Promise<Made> {
  return from === "document" ? makeFrom({ entities: ENTITIES }, parts, name) : makeOf(name, parts);
}

function hasCode(name: string): boolean {
  const { described, files } = PARTS.get(name) as Stored<BlueprintPart>;
  return Object.keys(described.packages).length > 0 || [...files.keys()].some((file) => /\.ts(\.liquid)?$/.test(file));
}

/** Parts mean the same in a kind and in one that extends it. */
function familyOf({ name, extends: base }: Blueprint): string {
  return KINDS.some((kind) => kind.name === base) ? String(base) : name;
}

/** Returns the combinations to check: few that have each part and each pair of parts with code, and none at all. */
function chosenOf(kind: Blueprint, seen: Set<string>): string[][] {
  const all = combinationsOf(kind, KNOWN);
  if (areAllChecked) return all;
  const pairsOf = (parts: string[]) => {
    const coded = parts.filter(hasCode);
    const pairs = coded.flatMap((one, at) => coded.slice(at + 1).map((other) => `${one} ${other}`));
    return [...parts, ...pairs].map((pair) => `${familyOf(kind)} ${pair}`);
  };
  const chosen: string[][] = [[]];
  for (const parts of all.toSorted((a, b) => b.length - a.length)) {
    const open = pairsOf(parts).filter((pair) => !seen.has(pair));
    if (open.length === 0) continue;
    for (const pair of open) seen.add(pair);
    chosen.push(parts);
  }
  return chosen;
}

const SEEN = new Set<string>();
const CHOSEN = KINDS.flatMap((kind) => chosenOf(kind, SEEN).map((parts) => ({ kind, parts })));
/** Combinations with the same program have the same result. */
const checked = new Set<string>();

test.each(CHOSEN)("$kind.name with $parts passes its check", async ({ kind, parts }) => {
  const service = await make(kind, parts);
  for (const [file, text] of service.files) {
    expect(text).not.toMatch(/\{%|\{\{ (name|variables|readme)/);
    if (/\.ya?ml$/.test(file)) expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
  }
  expect(service.files.has("Dockerfile")).toBe(parts.includes("docker"));
  expect(service.files.has(".github/workflows/check.yml")).toBe(parts.includes("github-ci"));
  const code = JSON.stringify([...service.files].filter(([file]) => CODE.test(file)));
  if (checked.has(code)) return;
  checked.add(code);
  await check(service);
});

test("what blueprints install is what this checkout is tested with", () => {
  for (const described of [...KINDS, ...KNOWN.values()])
    for (const [name, version] of Object.entries({ ...described.packages, ...described.dev_packages })) {
      const installed: unknown = JSON.parse(readFileSync(path.join("node_modules", name, "package.json"), "utf8"));
      expect(installed).toMatchObject({ name, version });
    }
});

import { expect, test } from "vitest";
import { blueprintFile, combinationFault, combinationsOf, extendedBy, faultsIn, partFile } from "./blueprints";

const part = (name: string, more: object = {}) => partFile.parse({ name, version: 1, summary: "A part.", ...more });
const PARTS = [
  part("sqlite", { provides: "storage" }),
  part("postgres", { provides: "storage" }),
  part("docker"),
  part("kubernetes", { needs: ["docker"] }),
  part("serverless", { excludes: ["docker"] }),
];
const KNOWN = new Map(PARTS.map((one) => [one.name, one]));
const BLUEPRINT = { name: "rest-api", parts: [...KNOWN.keys()] };

test.each<[string[], string | null]>([
  [[], null],
  [["sqlite", "docker", "kubernetes"], null],
  [["sqlite", "postgres"], "The parts sqlite and postgres both provide storage: choose one of them."],
  [["kubernetes"], "The part kubernetes needs docker: choose docker too."],
  [["docker", "serverless"], "The parts serverless and docker exclude each other: choose one of them."],
  [["docker", "docker"], "The part docker is named twice: name it once."],
  [["oidc"], "The blueprint rest-api has no part oidc: use sqlite, postgres, docker, kubernetes, serverless."],
])("the parts %j: %s", (wanted, fault) => {
  expect(combinationFault(BLUEPRINT, wanted, KNOWN)).toBe(fault);
});

test("all combinations are those that the rules allow", () => {
  // No storage or one of two, times: nothing, docker, docker with kubernetes, serverless.
  expect(combinationsOf(BLUEPRINT, KNOWN)).toHaveLength(12);
});

const WHOLE = {
  name: "mine",
  version: 1,
  summary: "Mine.",
  from: "document",
  code: "openapi-typescript",
  parts: [],
  scripts: { test: "true" },
  setup: "npm install",
  check: "npm test",
};

test.each<[object, string]>([
  [{ name: "My Blueprint" }, "b.yaml: name has small letters, digits and dashes, and begins with a letter."],
  [{ colour: "red" }, "b.yaml: the file has unknown fields: colour."],
  [{ packages: { fastify: "^5" } }, "b.yaml: packages.fastify is one exact version, such as 1.2.3."],
  [{ from: "nothing" }, "b.yaml: code needs from: document: leave it out."],
  [{ code: undefined }, "b.yaml: code is missing: use openapi-typescript."],
  [{ traits: ["flies"] }, "b.yaml: traits.0 is wrong: Invalid option: expected one of"],
  [{ files: [{ path: "../x" }] }, "b.yaml: files.0.path is a path inside the service, such as src/main.ts."],
  [
    { variables: { port: { type: "integer", summary: "Port.", default: 0, least: 1, most: 9 } } },
    "b.yaml: variables.port.default is a whole number from 1 to 9.",
  ],
])("a blueprint with %j is refused with its file and field", (change, sentence) => {
  expect(faultsIn(blueprintFile, "b.yaml", WHOLE)).toEqual([]);
  expect(faultsIn(blueprintFile, "b.yaml", { ...WHOLE, ...change })).toEqual([expect.stringContaining(sentence)]);
});

test("a blueprint has the fields of the one that it extends, and its own count more", () => {
  const base = blueprintFile.parse({
    ...WHOLE,
    files: [{ path: "a.ts" }],
    packages: { fastify: "1.0.0", ajv: "1.0.0" },
  });
  const own = { name: "own", version: 3, summary: "Own.", packages: { fastify: "2.0.0" }, files: [{ path: "b.ts" }] };
  const whole = blueprintFile.parse(extendedBy({ ...base, upgrades: [{ version: 1, notes: "Old." }] }, own));
  expect(whole).toMatchObject({ name: "own", version: 3, from: "document", check: "npm test", upgrades: [] });
  expect(whole.packages).toEqual({ fastify: "2.0.0", ajv: "1.0.0" });
  expect(whole.files).toEqual([{ path: "a.ts" }, { path: "b.ts" }]);
  expect(faultsIn(blueprintFile, "own.yaml", extendedBy(base, { ...own, packages: 5, files: "none" }))).toHaveLength(2);
});

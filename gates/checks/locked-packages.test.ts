import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { aliasesIn, packageFaults } from "./locked-packages";
import { installedIn, type Lock, type Locked, Manifest } from "./manifests";

const none = { dependencies: {}, devDependencies: {}, optionalDependencies: {}, peerDependencies: {} };
const SOURCE = "https://packages.example.org";
const integrity = `sha512-${"a".repeat(86)}==`;
const left = { version: "1.0.0", resolved: `${SOURCE}/left/-/left-1.0.0.tgz`, integrity };

function lock(packages: Record<string, Partial<Locked>>): Lock {
  const places = Object.entries(packages).map(([name, locked]) => [`node_modules/${name}`, { ...none, ...locked }]);
  return { lockfileVersion: 3, packages: Object.fromEntries(places) };
}

/** Judges a lock against one with these packages. */
function faults(
  packages: Record<string, Partial<Locked>>,
  before: Record<string, Partial<Locked>> = {},
  own: object = {},
) {
  const [after, manifest] = [lock(packages), Manifest.parse(own)];
  const of = {
    path: "package-lock.json",
    lock: after,
    before: lock(before),
    scripts: [],
    hosts: new Set(["packages.example.org"]),
    aliases: aliasesIn(after, manifest),
  };
  return installedIn(after).flatMap(([place, locked]) => packageFaults(place, locked, of).map(({ text }) => text));
}

test("a new entry without address and checksum is not one that the base has too", () => {
  const bare = { version: "1.0.0" };
  expect(faults({ left: bare })).toEqual(["left has no strong checksum (integrity)."]);
  expect(faults({ left: bare }, { left: bare })).toEqual([]);
  expect(faults({ left: { version: "1.0.1" } }, { left: bare })).toEqual(["left has no strong checksum (integrity)."]);
});

test("only what lies in a package that brings others comes without its own source", () => {
  const inner = { version: "1.0.0", inBundle: true };
  const evil = { ...inner, resolved: "https://evil.example/x.tgz" };
  expect(faults({ left: { ...left, bundleDependencies: ["inner"] }, "left/node_modules/inner": inner })).toEqual([]);
  expect(faults({ left, "left/node_modules/inner": inner })).toEqual(["inner has no strong checksum (integrity)."]);
  const workspace: Lock = {
    lockfileVersion: 3,
    packages: {
      "packages/a": { ...none, bundleDependencies: ["inner"] },
      "packages/a/node_modules/inner": { ...none, ...inner },
    },
  };
  const of = { path: "", lock: workspace, before: null, scripts: [], hosts: null, aliases: new Set<string>() };
  expect(packageFaults("packages/a/node_modules/inner", { ...none, ...inner }, of)).toHaveLength(1);
  expect(faults({ inner })).toEqual(["inner has no strong checksum (integrity)."]);
  expect(faults({ left: { ...left, bundleDependencies: true }, "left/node_modules/inner": evil })).toEqual([
    "inner comes from evil.example, which is not a source of the base.",
  ]);
});

test.each([
  ["left", ["left/-/left-1.0.0.tgz", "api/npm/left/-/left-1.0.0.tgz", "left/download/left-1.0.0.tgz"]],
  ["@a/left", ["@a/left/-/left-1.0.0.tgz", "x/@a%2fleft/-/@a/left-1.0.0.tgz", "~/11/@a/left/1.0.0.tgz"]],
])("an address of %s names it and the version", (name, paths) => {
  for (const path of paths) expect(faults({ [name]: { ...left, resolved: `${SOURCE}/${path}` } }), path).toEqual([]);
  const wrong = [
    "evil/-/evil-1.0.0.tgz",
    "evil/-/left-1.0.0.tgz",
    "left/-/left-1.0.1.tgz",
    "@evil/left/-/left-1.0.0.tgz",
  ];
  for (const path of [...wrong, "left/evil/-/left-1.0.0.tgz", "left/%2e.%2fleft/evil/-/left-1.0.0.tgz"])
    expect(faults({ [name]: { ...left, resolved: `${SOURCE}/${path}` } }), path).toEqual([
      `${name} 1.0.0 comes from the address of another package or version.`,
    ]);
});

test("a package is installed under another name only where something asks for it", () => {
  const evil = { name: "evil", version: "1.0.0", resolved: `${SOURCE}/evil/-/evil-1.0.0.tgz`, integrity };
  const text = "left is the package evil under another name, for which nothing asks.";
  expect(faults({ left: evil })).toEqual([text]);
  expect(faults({ left: evil }, { left: evil })).toEqual([]);
  expect(faults({ left: evil, right: { ...left, dependencies: { left: "npm:other@1" } } }).at(0)).toBe(text);
  const asks = { version: "1.0.0", resolved: `${SOURCE}/right/-/right-1.0.0.tgz`, integrity };
  expect(faults({ left: evil, right: { ...asks, dependencies: { left: "npm:evil@^1.0.0" } } })).toEqual([]);
  expect(faults({ left: evil }, {}, { overrides: { right: { left: "npm:evil@1.0.0" } } })).toEqual([]);
});

test("Banyan's own lock as a first one", () => {
  const own = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
  const of = { path: "", lock: own, before: null, scripts: [], hosts: null, aliases: new Set<string>() };
  const texts = installedIn(own).flatMap(([place, locked]) => packageFaults(place, locked, of).map(({ text }) => text));
  expect(texts.filter((text) => !text.endsWith("runs a script when it is installed."))).toEqual([]);
});

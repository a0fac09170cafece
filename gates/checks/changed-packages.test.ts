import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { changedPackages } from "./changed-packages";
import { installedIn, type Lock, packageAt } from "./manifests";
import { similarName } from "./similar-names";

const NOWHERE = { path: "package-lock.json", root: "/nonexistent" };
const none = { dependencies: {}, devDependencies: {}, optionalDependencies: {}, peerDependencies: {} };

function lock(
  packages: Record<string, { version: string; name?: string; hasInstallScript?: boolean; integrity?: string }>,
): Lock {
  const places = Object.entries(packages).map(([name, locked]) => [`node_modules/${name}`, { ...none, ...locked }]);
  return { lockfileVersion: 3, packages: Object.fromEntries(places) };
}

test("each package that differs is named with its versions, and with what it runs when it is installed", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-packages-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const install = (name: string, manifest: object) => {
    mkdirSync(path.join(folder, "node_modules", name), { recursive: true });
    writeFileSync(path.join(folder, "node_modules", name, "package.json"), JSON.stringify(manifest));
  };
  install("fresh", { version: "1.0.0", scripts: { postinstall: "node steal.js\u202e\n", test: "x" } });
  install("native", { version: "2.0.0" });
  install("unseen", { version: "0.9.0", scripts: { install: "not this version" } });
  const before = lock({
    same: { version: "1.0.0" },
    raised: { version: "1.0.0" },
    swapped: { version: "1.0.0", integrity: "a" },
    gone: { version: "3.0.0" },
    native: { version: "1.0.0", hasInstallScript: true },
  });
  const after = lock({
    same: { version: "1.0.0" },
    "raised/node_modules/same": { version: "1.0.0" },
    raised: { version: "1.1.0" },
    swapped: { version: "1.0.0", integrity: "b" },
    native: { version: "2.0.0", hasInstallScript: true },
    fresh: { version: "1.0.0", hasInstallScript: true },
    unseen: { version: "1.0.0", hasInstallScript: true },
    "../fresh": { version: "1.0.0", hasInstallScript: true },
  });
  const found = changedPackages(before, after, { path: "package-lock.json", root: folder });
  expect(found.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "flag: raised: 1.0.0 → 1.1.0.",
    "flag: swapped 1.0.0 has another source or checksum.",
    "flag: native: 1.0.0 → 2.0.0. When it is installed, npm builds its native part (binding.gyp).",
    "flag: fresh 1.0.0 is new. When it is installed, it runs postinstall: “node steal.jsU+202eU+000a”.",
    "flag: unseen 1.0.0 is new. It runs a script when it is installed, which is not shown: it is not installed here.",
    "flag: ../fresh 1.0.0 is new. It runs a script when it is installed, which is not shown: it is not installed here.",
    "note: gone 3.0.0 is removed.",
  ]);
  expect(
    found
      .map((finding) => finding.package)
      .filter((change) => change && ["raised", "fresh", "gone"].includes(change.name)),
  ).toEqual([
    { name: "raised", before: "1.0.0", after: "1.1.0", installs: null, imitates: null },
    {
      name: "fresh",
      before: null,
      after: "1.0.0",
      imitates: null,
      installs: "When it is installed, it runs postinstall: “node steal.jsU+202eU+000a”.",
    },
    { name: "gone", before: "3.0.0", after: null, installs: null, imitates: null },
  ]);
});

test("a new name that looks like a known one is called a possible imitation", () => {
  const before = lock({ "own-parser": { version: "1.0.0" } });
  const after = lock({ "own-parser": { version: "1.0.0" }, "own-praser": { version: "1.0.0" } });
  expect(changedPackages(before, after, NOWHERE).map(({ text }) => text)).toEqual([
    "own-praser 1.0.0 is new.",
    "own-praser is new and its name looks like own-parser: it may be an imitation (typo-squat).",
  ]);
});

test("a package under another name is named by its own too", () => {
  const before = lock({ left: { version: "1.0.0" } });
  const after = lock({ left: { name: "evil", version: "1.0.1" } });
  expect(changedPackages(before, after, NOWHERE).map(({ text }) => text)).toEqual(["left: 1.0.0 → evil@1.0.1."]);
});

test.each([
  ["lodahs", "lodash"],
  ["lodashh", "lodash"],
  ["expres", "express"],
  ["reakt", "react"],
  ["crossenv", "cross-env"],
  ["babelcore", "babel-core"],
  ["types-node", "@types/node"],
  ["@bable/core", "@babel/core"],
  ["socketio", "socket.io"],
  ["zustnad", "zustand"],
])("%s looks like %s", (name, other) => {
  expect(similarName(name, [])).toBe(other);
});

test("no package of Banyan's own lock looks like another of it", () => {
  const own = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
  const names = [...new Set(installedIn(own).map(([place]) => packageAt(place)))];
  expect(names.length).toBeGreaterThan(500);
  // Old packages for the same purpose, which others need; `color` and `one-time` come with the bucket of the tests.
  const similar = ["color", "extend", "one-time", "onetime", "xtend"];
  expect(names.filter((name) => similarName(name, names) !== null)).toEqual(similar);
  expect(changedPackages(own, own, NOWHERE)).toEqual([]);
});

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { treeOf } from "../model/tree";
import { packagesIn, showPackages } from "./packages";

let base: string;
beforeAll(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-packages-")));
  for (const folder of ["left", "@scope/right", ".bin", ".cache", ".vite"])
    fs.mkdirSync(path.join(base, "node_modules", folder), { recursive: true });
  fs.symlinkSync("../packages/own", path.join(base, "node_modules/own"));
  fs.symlinkSync("../../packages/own", path.join(base, "node_modules/@scope/own"));
  fs.writeFileSync(path.join(base, "node_modules/.package-lock.json"), "{}");
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

const target = (name: string) => {
  const folder = path.join(base, name);
  fs.mkdirSync(folder);
  return folder;
};
const settings = { packages: ["node_modules"], packages_as: "links" as const };

test("a folder of links: packages to the mount, own packages to the copy, and no caches", () => {
  const folder = target("copy");
  expect(showPackages({ root: base, settings }, treeOf([]), folder)).toEqual([
    { source: path.join(base, "node_modules"), at: "/opt/banyan-packages/0/node_modules" },
  ]);
  const link = (name: string) => fs.readlinkSync(path.join(folder, "node_modules", name));
  expect(fs.readdirSync(path.join(folder, "node_modules")).sort()).toEqual([
    ".bin",
    ".package-lock.json",
    "@scope",
    "left",
    "own",
  ]);
  expect(link("left")).toBe("/opt/banyan-packages/0/node_modules/left");
  expect(link("@scope/right")).toBe("/opt/banyan-packages/0/node_modules/@scope/right");
  expect(link("own")).toBe("../packages/own");
  expect(link("@scope/own")).toBe("../../packages/own");
});

test("a mount for each package in a writable folder, next to the commit's own files there", () => {
  const mount = { root: base, settings: { ...settings, packages_as: "mount" as const } };
  const mounted = target("mounted");
  const all = path.join(base, "node_modules");
  const shown = showPackages(mount, treeOf([]), mounted, "/srv/app");
  expect(shown.sort((a, b) => a.at.localeCompare(b.at))).toEqual([
    { source: all, at: "/opt/banyan-packages/0/node_modules" },
    ...[".bin", ".package-lock.json", "@scope", "left"].map((name) => ({
      source: path.join(all, name),
      at: `/srv/app/node_modules/${name}`,
    })),
  ]);
  expect(fs.readdirSync(path.join(mounted, "node_modules"))).toEqual(["own"]);
  const tracked = treeOf([["node_modules/left/index.js", { kind: "file", oid: "1" }]]);
  expect(showPackages({ root: base, settings }, tracked, target("tracked"))).toEqual([]);
});

test("a link called node_modules must lead to packages, not to just any folder", () => {
  const keys = target("keys");
  const root = target("hostile");
  fs.symlinkSync(keys, path.join(root, "node_modules"));
  expect(packagesIn(root, "node_modules")).toBe(null);
  const linked = target("linked");
  fs.symlinkSync(path.join(base, "node_modules"), path.join(linked, "node_modules"));
  expect(packagesIn(linked, "node_modules")).toBe(path.join(base, "node_modules"));
  expect(packagesIn(target("bare"), "node_modules")).toBe(null);
});

test("a link of the change in the place of a folder leads nowhere", () => {
  const root = target("nested");
  fs.mkdirSync(path.join(root, "app/node_modules/left"), { recursive: true });
  const [copy, outside] = [target("with-link"), target("outside")];
  fs.symlinkSync(outside, path.join(copy, "app"));
  const nested = { root, settings: { ...settings, packages: ["app/node_modules"] } };
  expect(() => showPackages(nested, treeOf([]), copy)).toThrow(/EEXIST/);
  expect(fs.readdirSync(outside)).toEqual([]);
});

/** Unchanged packages are on the disk once, and each copy is what the checkout held. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeTree } from "@/lib/workspace/remove-tree";
import { copyPackages } from "./packages.mjs";
import { removeOld } from "./releases.mjs";

function places() {
  const top = mkdtempSync(path.join(tmpdir(), "banyan-packages-"));
  onTestFinished(() => removeTree(top));
  const [home = "", other = ""] = ["0123456789abcdef", "fedcba9876543210"].map((name) =>
    path.join(top, "banyan", name),
  );
  const packages = path.join(top, "checkout", "node_modules");
  const copy = async (into: string, name: string) => {
    const deps = path.join(into, "deps", name);
    mkdirSync(deps, { recursive: true });
    await copyPackages(into, path.dirname(packages), deps);
    return (file: string) => path.join(deps, "node_modules", file);
  };
  for (const name of ["same", "changed", ".bin"]) mkdirSync(path.join(packages, name), { recursive: true });
  writeFileSync(path.join(packages, "same", "index.js"), "one");
  writeFileSync(path.join(packages, "changed", "index.js"), "old");
  writeFileSync(path.join(packages, "changed", "run.js"), "run");
  symlinkSync("../changed/run.js", path.join(packages, ".bin", "run"));
  return { home, other, copy, packages };
}

const inode = (file: string) => lstatSync(file).ino;

test("a new version shares files that are the same to the byte with older copies, and none with the checkout", async () => {
  const { home, other, copy, packages } = places();
  const first = await copy(home, "a");
  // One file of the same size, and one of the same content with other permissions.
  writeFileSync(path.join(packages, "changed", "index.js"), "new");
  chmodSync(path.join(packages, "changed", "run.js"), 0o755);
  writeFileSync(path.join(packages, "changed", "added.js"), "added");
  for (const second of [await copy(home, "b"), await copy(other, "b")]) {
    expect(inode(second("same/index.js"))).toBe(inode(first("same/index.js")));
    expect(inode(second("same/index.js"))).not.toBe(inode(path.join(packages, "same/index.js")));
    const contents = ["changed/index.js", "changed/run.js", "changed/added.js", ".bin/run"];
    expect(contents.map((file) => readFileSync(second(file), "utf8"))).toEqual(["new", "run", "added", "run"]);
    expect(lstatSync(second("changed/run.js")).mode & 0o777).toBe(0o755);
    expect(lstatSync(second(".bin/run")).isSymbolicLink()).toBe(true);
  }
  expect(readFileSync(first("changed/index.js"), "utf8")).toBe("old");
  expect(lstatSync(first("changed/run.js")).mode & 0o111).toBe(0);
});

test("source maps and documents of packages stay in the checkout, and licences and data are copied", async () => {
  const { home, copy, packages } = places();
  const files = ["index.js.map", "README.md", "LICENSE.md", "map.js", "history.js", "data.json"];
  for (const file of files) writeFileSync(path.join(packages, "same", file), file);
  const copied = await copy(home, "a");
  expect(readdirSync(copied("same")).sort()).toEqual(["LICENSE.md", "data.json", "history.js", "index.js", "map.js"]);
});

test("a copy that changed on the disk is not shared", async () => {
  const { home, copy } = places();
  const first = await copy(home, "a");
  writeFileSync(first("same/index.js"), "bad");
  expect(readFileSync((await copy(home, "b"))("same/index.js"), "utf8")).toBe("one");
});

test("the packages of a removed release are deleted, and files that they shared stay read-only", async () => {
  const { home, copy } = places();
  const first = await copy(home, "a");
  chmodSync(first("same/index.js"), 0o444);
  const second = await copy(home, "b");
  mkdirSync(path.join(home, "releases"));
  await removeOld(home, [{ n: 1, deps: "b", state: "permanent" } as Parameters<typeof removeOld>[1][number]]);
  expect(lstatSync(first("same/index.js"), { throwIfNoEntry: false })).toBeUndefined();
  expect(lstatSync(second("same/index.js")).mode & 0o777).toBe(0o444);
  rmSync(path.join(home, "releases"), { recursive: true });
});

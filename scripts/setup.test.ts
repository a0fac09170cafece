import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodePastEnd, nodeTooOld } from "./check-node.mjs";
import { findHeaders } from "./npm-ci.mjs";
import {
  checkDataFolder,
  checkWritable,
  ensureInstalled,
  gitInstall,
  isInstalled,
  lacksDevelopment,
  privatePlaces,
} from "./setup.mjs";
import { findProgram } from "./system.mjs";
import { fixture } from "./testing/fixture";

test.each(["20.20.0", "20.21.3", "22.0.0", "26.1.0"])("Node %s will do", (version) => {
  expect(nodeTooOld(version)).toBeUndefined();
});

test.each(["20.19.5", "18.20.4", "8.0.0"])("Node %s is too old", (version) => {
  expect(nodeTooOld(version)).toMatch(`needs Node 20.20 or newer and this is Node ${version}: install`);
});

const [major, minor, patch] = process.versions.node.split(".");
const HEADER = `#define NODE_MAJOR_VERSION ${major}\n#define NODE_MINOR_VERSION ${minor}\n#define NODE_PATCH_VERSION ${patch}\n`;

test("a Node that works and gets no more fixes is named with those that do", () => {
  expect(nodePastEnd("20.20.2")).toBe(
    "Node 20.20.2 works, but gets no more fixes, and a later Banyan will refuse it: install Node 22 or 24.",
  );
  expect([nodePastEnd("22.0.0"), nodePastEnd("24.1.0")]).toEqual([undefined, undefined]);
});

test("finds headers next to this Node, also through a link", () => {
  const root = fixture({
    "prefix/bin/node": "",
    "prefix/include/node/node_version.h": HEADER,
    "elsewhere/bin/.keep": "",
  });
  const real = path.join(root, "prefix/bin/node");
  const link = path.join(root, "elsewhere/bin/node");
  symlinkSync(real, link);
  expect(findHeaders(real)).toBe(path.join(root, "prefix"));
  expect(findHeaders(link)).toBe(path.join(root, "prefix"));
});

test("finds headers next to the link when the real file has none", () => {
  const root = fixture({ "opt/bin/node": "", "usr/include/node/node_version.h": HEADER, "usr/bin/.keep": "" });
  symlinkSync(path.join(root, "opt/bin/node"), path.join(root, "usr/bin/node"));
  expect(findHeaders(path.join(root, "usr/bin/node"))).toBe(path.join(root, "usr"));
});

test("ignores headers of another version", () => {
  const root = fixture({
    "bin/node": "",
    "include/node/node_version.h": HEADER.replace(/\d+$/m, "0").replace(`VERSION ${major}`, "VERSION 1"),
  });
  expect(findHeaders(path.join(root, "bin/node"))).not.toBe(root);
});

test("an install counts only for its lock file and this Node's binary interface", () => {
  const root = fixture({ "package-lock.json": "{}\n" });
  expect(isInstalled(root)).toBe(false);
  mkdirSync(path.join(root, "node_modules"));
  writeFileSync(path.join(root, "node_modules/.banyan-install"), "something else\n");
  expect(isInstalled(root)).toBe(false);
});

test("an install without the development dependencies is noticed", () => {
  const root = fixture({ "package.json": '{ "devDependencies": { "@here/it": "1", "other": "1" } }' });
  expect(lacksDevelopment(root)).toBe(true);
  mkdirSync(path.join(root, "node_modules/@here/it"), { recursive: true });
  expect(lacksDevelopment(root)).toBe(true);
  mkdirSync(path.join(root, "node_modules/other"));
  expect(lacksDevelopment(root)).toBe(false);
});

test("an unwritable folder is named with the reason and what to do", () => {
  const root = fixture({ file: "" });
  checkWritable(path.join(root, "new/folder"), "the data folder", "choose another.");
  expect(() => checkWritable(path.join(root, "file/folder"), "the data folder", "choose another.")).toThrow(
    `Cannot write to the data folder ${root}/file/folder (a file is in the way): choose another.`,
  );
});

test("the data folder is private from its first moment, whatever the umask", () => {
  const umask = process.umask(0o002);
  onTestFinished(() => void process.umask(umask));
  const data = path.join(fixture({}), "new/data");
  checkDataFolder(data);
  expect(statSync(data).mode & 0o777).toBe(0o700);
});

test("finds a program on the PATH and ignores files that are not executable", () => {
  const root = fixture({ "a/tool": "", "b/tool": "" });
  expect(findProgram("tool", `${root}/a:${root}/b`)).toBeUndefined();
  symlinkSync(process.execPath, path.join(root, "b/other"));
  expect(findProgram("other", `${root}/a::${root}/b`)).toBe(path.join(root, "b/other"));
});

test("refuses to install through a linked node_modules", async () => {
  const root = fixture({ "package.json": "{}", "package-lock.json": '{"packages":{}}', "other/kept": "" });
  symlinkSync(path.join(root, "other"), path.join(root, "node_modules"));
  await expect(ensureInstalled(root)).rejects.toThrow(/node_modules is a link, and installing through it would empty/);
  expect(existsSync(path.join(root, "other/kept"))).toBe(true);
});

test("data in the checkout under another name than `data` is refused, also behind a link and before it is made", () => {
  const root = fixture({ "checkout/data/.keep": "", "checkout/other/.keep": "", "elsewhere/.keep": "" });
  const checkout = path.join(root, "checkout");
  const [link, outside] = [path.join(root, "link"), path.join(root, "elsewhere")];
  symlinkSync(path.join(checkout, "other"), link);
  const url = process.env.DATABASE_URL;
  onTestFinished(() => {
    if (url === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = url;
  });
  delete process.env.DATABASE_URL;
  expect(privatePlaces(path.join(checkout, "data"), checkout)).toHaveLength(2);
  expect(privatePlaces(outside, checkout)[1]).toBe(path.join(outside, "banyan.db"));
  for (const place of [checkout, path.join(checkout, "other"), path.join(checkout, "new/deep"), link])
    expect(() => privatePlaces(place, checkout)).toThrow(/^The data folder .* is in the checkout/);
  for (const given of [`file:${link}/a.db`, `sqlite:///${link}/a.db`, path.join(checkout, "a.db?mode=rw")]) {
    process.env.DATABASE_URL = given;
    expect(() => privatePlaces(outside, checkout)).toThrow(/^The database .* set DATABASE_URL/);
  }
});

test("in an installed package no place is for data, not even its folder data: an upgrade replaces the package", () => {
  const root = fixture({ "package/data/.keep": "" });
  const installed = path.join(root, "package");
  expect(() => privatePlaces(path.join(installed, "data"), installed, true)).toThrow(
    /^The data folder .* is in the installed package, which an upgrade replaces: .* set BANYAN_DATA_DIR/,
  );
  expect(privatePlaces(path.join(root, "data"), installed, true)[0]).toBe(path.join(root, "data"));
});

test("how git is installed is told for the person's system", () => {
  expect(gitInstall("darwin")).toBe("macOS: `xcode-select --install`");
  expect(gitInstall("linux")).toBe("Debian: `apt-get install -y git`");
});

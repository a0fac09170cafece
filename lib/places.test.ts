import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isPackaged, settingsFolder, startFolder } from "./places";

const PACKAGED = { BANYAN_PACKAGED: "/home/anna/.local/share/banyan" };

test("the first form offers the folder in which a person started a package", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-places-")));
  expect(startFolder(PACKAGED, folder)).toBe(folder);
  expect(startFolder({}, folder)).toBe(".");
});

test("the first form offers no package, no home folder and no root", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-places-")));
  writeFileSync(join(folder, "packaged.json"), "{}");
  for (const cwd of [folder, homedir(), "/"]) expect(startFolder(PACKAGED, cwd)).toBe("");
});

test("relative paths in settings begin at the folder of .env: the checkout, or a package's folder of data", () => {
  const places = { program: "/releases/1", checkout: "/checkout" };
  expect([isPackaged({}), settingsFolder(places, {})]).toEqual([false, "/checkout"]);
  expect([isPackaged(PACKAGED), settingsFolder(places, PACKAGED)]).toEqual([true, PACKAGED.BANYAN_PACKAGED]);
});

import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  isPackaged,
  ownCommand,
  settingsFile,
  settingsFolder,
  signInCommand,
  startCommand,
  startFolder,
} from "./places";

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

test("the command for a new link names a data folder that is not the usual one", () => {
  const places = { program: "/releases/1", checkout: "/checkout" };
  const commandOf = (dataDir: string, databaseFile = `${dataDir}/banyan.db`) =>
    signInCommand(places, { dataDir, databaseFile }, {});
  expect(commandOf("/checkout/data")).toBe("npx banyan signin");
  expect(commandOf("/tmp/banyan-demo-a/data")).toBe("npx banyan signin --data /tmp/banyan-demo-a/data");
  expect(commandOf("/srv/my data")).toBe("npx banyan signin --data '/srv/my data'");
  // --data would look for the database there.
  expect(commandOf("/srv/data", "/fast/banyan.db")).toBe("npx banyan signin");
  expect(
    signInCommand(places, { dataDir: "/p/data", databaseFile: "/p/data/banyan.db" }, { BANYAN_PACKAGED: "/p" }),
  ).toBe("banyan signin");
});

test("sentences name the file of settings, and commands as the person of a clone or of a package types them", () => {
  expect(settingsFile({}, "/checkout")).toBe("/checkout/.env");
  expect(settingsFile({ BANYAN_CHECKOUT: "/checkout" }, "/releases/1")).toBe("/checkout/.env");
  expect(settingsFile(PACKAGED, "/anywhere")).toBe("/home/anna/.local/share/banyan/.env");
  expect([ownCommand("serve --stop", {}), ownCommand("serve --stop", PACKAGED)]).toEqual([
    "npx banyan serve --stop",
    "banyan serve --stop",
  ]);
  expect([startCommand({}), startCommand(PACKAGED)]).toEqual(["npm start", "banyan serve"]);
});

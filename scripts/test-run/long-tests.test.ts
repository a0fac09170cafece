import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import {
  LONG_UNIT,
  leftOut,
  leftOutOfReach,
  longBrowser,
  longReached,
  QUICK_BROWSER,
  quickBrowser,
  quickUnit,
  shareOf,
} from "./long-tests.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");

test("each listed file is there, once, and its name is no pattern", () => {
  const files = [...LONG_UNIT, ...QUICK_BROWSER.map((file) => `tests/browser/${file}`)];
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  expect(new Set(files).size).toBe(files.length);
  expect(files.filter((file) => /[()[\]{}*?!]/.test(file))).toEqual([]);
});

test("without the name of a file, long unit tests are left out", () => {
  const all = LONG_UNIT.flatMap((file) => ["--exclude", file]);
  expect(quickUnit([])).toEqual(all);
  expect(quickUnit(["--shard=1/8"])).toEqual(all);
  expect(quickUnit([LONG_UNIT[0] ?? ""])).toEqual([]);
});

test("without the name of a file, Playwright runs the main walks", () => {
  expect(quickBrowser(["--shard=1/8"])).toContain("/home\\.spec\\.ts$");
  expect(quickBrowser(["plans"])).toEqual([]);
});

test("a run says what it has left out", () => {
  expect(leftOut(["types", "unit", "browser"], [])).toBe(
    `\nNot run: ${LONG_UNIT.length} long files of unit tests, and all browser tests but the ${QUICK_BROWSER.length} main walks. \`npm test -- --all\` runs them.\n`,
  );
  expect(leftOut(["unit"], ["--shard=1/8"])).toContain("unit tests. `npm test -- --all`");
  expect(leftOut(["types"], [])).toBe("");
  expect(leftOut(["unit"], ["agents/turn"])).toBe("");
});

test("of what a change reaches, long files are left out, but for those that it touches", () => {
  const [first = "", second = ""] = LONG_UNIT;
  expect(longReached([first, second, "core/facts.test.ts"], [second])).toEqual([first]);
  expect(leftOutOfReach(0)).toBe("");
  expect(leftOutOfReach(1)).toContain(
    "1 long file of unit tests that the change reaches. `npm test -- --changed --all` runs it.",
  );
  expect(leftOutOfReach(2)).toContain("2 long files");
});

test("the shares hold each long file once, and the quick ones not at all", () => {
  const browser = longBrowser(readdirSync(path.join(ROOT, "tests/browser")));
  expect(browser.filter((file) => QUICK_BROWSER.includes(file))).toEqual([]);
  for (const files of [LONG_UNIT, browser]) {
    const shares = [1, 2, 3, 4].map((at) => shareOf(files, { at, of: 4 }));
    expect(shares.flat().sort()).toEqual([...files].sort());
    expect(
      Math.max(...shares.map(({ length }) => length)) - Math.min(...shares.map(({ length }) => length)),
    ).toBeLessThan(2);
  }
});

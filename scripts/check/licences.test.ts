import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkLicences, listText, shippedPackages } from "./licences";

const ELK = { packages: /^elkjs$/, licence: "EPL-2.0", why: "Draws." };

/** Returns the faults of packages with these licences, beside an up-to-date list. */
function check(licences: Record<string, string>, exceptions: (typeof ELK)[] = []): string[] {
  const shipped = Object.entries(licences).map(([name, licence]) => ({ name, licence }));
  return checkLicences(shipped, listText(shipped, exceptions), exceptions).map(faultLine);
}

test.each(["MIT", "MIT OR GPL-3.0-only", "Apache-2.0 AND MIT", "BSD-2-Clause OR WTFPL"])("%s is allowed", (licence) => {
  expect(check({ one: licence })).toEqual([]);
});

test.each(["GPL-3.0-or-later", "MIT AND LGPL-3.0-or-later", "SEE LICENSE IN LICENSE", "UNLICENSED"])(
  "%s is not allowed",
  (licence) => {
    expect(check({ one: licence })).toEqual([
      `package-lock.json: one ships and has the licence ${licence}, which is not allowed: choose another package`,
    ]);
  },
);

test("a package without a licence is not allowed", () => {
  expect(check({ one: "" })).toEqual([
    "package-lock.json: one ships and has no licence, which is not allowed: choose another package",
  ]);
});

test("an exception is for its package and its licence", () => {
  expect(check({ elkjs: "EPL-2.0 OR GPL-3.0-or-later" }, [ELK])).toEqual([]);
  expect(check({ elkjs: "EPL-2.0", other: "EPL-2.0" }, [ELK])).toEqual([
    "package-lock.json: other ships and has the licence EPL-2.0, which is not allowed: choose another package",
  ]);
  expect(check({ elkjs: "GPL-3.0-only" }, [ELK])).toContain(
    "package-lock.json: elkjs ships and has the licence GPL-3.0-only, which is not allowed: choose another package",
  );
});

test("an exception that no package needs is a fault", () => {
  expect(check({ elkjs: "MIT" }, [ELK])).toEqual([
    "scripts/check/licences.ts: names the exception ^elkjs$, which no package needs: remove it",
  ]);
});

test("an old list is a fault", () => {
  const faults = checkLicences([{ name: "one", licence: "MIT" }], listText([], []), []).map(faultLine);
  expect(faults).toEqual(["THIRD-PARTY.md: is not up to date: `npm run licences`"]);
});

test("only packages that ship count, each once, with the licence of the installed package where the lock names none", () => {
  const lock = {
    packages: {
      "": { name: "house", license: "GPL-3.0-only" },
      "node_modules/b": { version: "1.0.0", license: "(MIT AND Zlib)" },
      "node_modules/b/node_modules/a": { version: "2.0.0" },
      "node_modules/c/node_modules/b": { version: "2.0.0", license: "MIT AND Zlib" },
      "node_modules/@x/old": { version: "1.0.0" },
      "node_modules/test-only": { version: "1.0.0", license: "GPL-3.0-only", dev: true },
    },
  };
  const root = fixture({
    "node_modules/@x/old/package.json": JSON.stringify({ version: "1.0.0", licenses: [{ type: "MIT" }] }),
  });
  expect(shippedPackages(root, JSON.stringify(lock))).toEqual([
    { name: "@x/old", licence: "MIT" },
    { name: "a", licence: "" },
    { name: "b", licence: "MIT AND Zlib" },
  ]);
});

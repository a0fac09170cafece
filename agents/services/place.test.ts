/** Where a service may be written, and that nothing half stays. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fillRepository, placeKey, putRepository, realPlace, requireEmptyPlace } from "./place";

function folders() {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "banyan-place-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [dataDir, checkout, work] = ["data", "checkout", "work"].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [dataDir, checkout, work]) mkdirSync(folder);
  return { root, work, sources: { dataDir, checkout, keyPaths: [] } };
}

test("links on the way to a folder are followed before anybody asks who may use it", () => {
  const { root, work } = folders();
  symlinkSync("/etc", path.join(work, "link"));
  expect(realPlace(path.join(work, "link/made"))).toBe("/etc/made");
  expect(realPlace(path.join(work, "made/"))).toBe(path.join(work, "made"));
  expect(() => realPlace("made")).toThrow("begins with /");
  expect(() => realPlace(path.join(root, "none/made"))).toThrow("create it first");
});

test("a place is refused when it holds something, is a link, or belongs to Banyan; asking leaves nothing", () => {
  const { work, sources } = folders();
  const place = path.join(work, "made");
  requireEmptyPlace(sources, place);
  expect(existsSync(place)).toBe(false);
  expect(() => requireEmptyPlace(sources, path.join(sources.dataDir, "made"))).toThrow("data folder");
  expect(() => requireEmptyPlace(sources, path.join(sources.checkout, "made"))).toThrow("Banyan's own source");
  expect([readdirSync(sources.dataDir), readdirSync(sources.checkout)]).toEqual([[], []]);
  symlinkSync(work, place);
  expect(() => requireEmptyPlace(sources, place)).toThrow("is not empty");
  rmSync(place);
  mkdirSync(place);
  requireEmptyPlace(sources, place);
  writeFileSync(path.join(place, "mine"), "");
  expect(() => requireEmptyPlace(sources, place)).toThrow("is not empty");
});

test("a repository appears whole or not at all", async () => {
  const { work } = folders();
  const place = path.join(work, "made");
  mkdirSync(place);
  // What a kill leaves of the same service.
  mkdirSync(path.join(work, `.made-${placeKey(place)}/half`), { recursive: true });
  const how = { message: "Make it", requireFree: () => {} };
  await putRepository(place, new Map([["src/a.ts", "a"]]), how);
  expect([readdirSync(place).sort(), readdirSync(work)]).toEqual([[".git", "src"], ["made"]]);
  // Somebody fills the folder while the repository is made beside it.
  const files = new Map([["src/a.ts", "b"]]);
  await expect(putRepository(place, files, how)).rejects.toThrow("cannot be written (ENOTEMPTY)");
  await expect(
    putRepository(
      path.join(work, "b"),
      new Map([
        ["a", ""],
        ["a/b", ""],
      ]),
      how,
    ),
  ).rejects.toThrow("cannot be written");
  // A tree has begun there while the repository was made.
  const requireFree = () => {
    throw new Error("A tree works there.");
  };
  await expect(putRepository(path.join(work, "c"), files, { ...how, requireFree })).rejects.toThrow(
    "A tree works there.",
  );
  expect(readdirSync(work)).toEqual(["made"]);
});

test("a folder is filled again after a kill, and becomes a repository at one moment", async () => {
  const { work } = folders();
  const root = path.join(work, "studio");
  mkdirSync(path.join(root, "spec"), { recursive: true });
  const files = new Map([
    ["spec/specification.yaml", "title: Studio\n"],
    ["src/main.ts", "run();\n"],
  ]);
  // What a kill leaves: a part of the files, and the repository beside the folder.
  writeFileSync(path.join(root, "spec/specification.yaml"), "title: Stud");
  mkdirSync(path.join(work, ".studio-t1/.git"), { recursive: true });
  await fillRepository({ root, hiddenPaths: [] }, files, { message: "Make studio", key: "t1" });
  const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8" }).trim();
  expect(git("log", "--format=%s")).toBe("Make studio");
  expect(git("status", "--porcelain")).toBe("");
  expect(readdirSync(work)).toEqual(["studio"]);
});

test("a link in the folder is not followed, and no repository appears", async () => {
  const { work, root: outside } = folders();
  const root = path.join(work, "studio");
  mkdirSync(root);
  symlinkSync(outside, path.join(root, "src"));
  const filling = fillRepository({ root, hiddenPaths: [] }, new Map([["src/main.ts", ""]]), {
    message: "M",
    key: "t1",
  });
  await expect(filling).rejects.toThrow("src");
  expect([readdirSync(root), readdirSync(work), existsSync(path.join(outside, "main.ts"))]).toEqual([
    ["src"],
    ["studio"],
    false,
  ]);
});

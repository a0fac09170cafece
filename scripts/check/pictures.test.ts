import { expect, test } from "vitest";
import { faultLine } from "./fault";
import { checkPictures } from "./pictures";

const README = { file: "README.md", text: "# Banyan\n\n![A tree](docs/pictures/tree.png)\n" };
const GUIDE = { file: "docs/guide.md", text: "![Home](pictures/home.png) ![Logo](https://example.org/logo.png)\n" };

function check(made: string[], stored = made.map((name) => `${name}.png`), sources = [README, GUIDE]): string[] {
  return checkPictures(sources, made, stored).map(faultLine);
}

test("documents show exactly the pictures that the script makes", () => {
  expect(check(["tree", "home"])).toEqual([]);
  expect(check(["tree"])).toEqual([
    "docs/guide.md:1: shows docs/pictures/home.png, which `npm run pictures` does not make: add it to scripts/pictures/made.ts",
  ]);
  expect(check(["tree", "home", "graph"])).toEqual([
    "scripts/pictures/made.ts: lists docs/pictures/graph.png, which no document shows",
  ]);
});

test("a picture from elsewhere in the project is not made by the script", () => {
  const other = { file: "README.md", text: "![Icon](app/icon.svg)\n" };
  expect(check([], [], [other])).toEqual([
    "README.md:1: shows app/icon.svg, which `npm run pictures` does not make: add it to scripts/pictures/made.ts",
  ]);
});

test("the folder holds every listed picture, and no other file", () => {
  expect(check(["tree", "home"], ["tree.png", "old.png"])).toEqual([
    "scripts/pictures/made.ts: lists docs/pictures/home.png, which does not exist: run `npm run pictures`",
    "docs/pictures/old.png: is not made by `npm run pictures`: delete it, or add it to scripts/pictures/made.ts",
  ]);
});

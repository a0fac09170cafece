import { expect, test } from "vitest";
import type { FoundPackage } from "@/core/shapes/reviews/found";
import { packageDoubts, packageParts } from "./installs";

const found: FoundPackage = {
  name: "left-pad",
  version: "2.0.1",
  published_at: "2026-11-20T00:00:00Z",
  published_by: "stevemao",
  before_by: "stevemao",
  files: 11,
  bytes: 3_200,
  license: "MIT",
  has_install_script: false,
  deprecated: null,
};

test("a package like any other raises no doubt; scripts, another publisher and advice against it do", () => {
  expect(packageDoubts(found)).toEqual([]);
  expect(packageDoubts({ ...found, published_by: null })).toEqual([]);
  const odd = { has_install_script: true, published_by: "lpad-team", deprecated: "Use padStart\u202e" };
  expect(packageDoubts({ ...found, ...odd })).toEqual([
    "It runs a script when it is installed.",
    "The version before was published by stevemao.",
    expect.stringMatching(/^Its authors advise against it: Use padStart(?!\u202e)/),
  ]);
});

test("what is not known is left out", () => {
  expect(packageParts(found)).toBe("11 files, 3.1 KB, MIT, no install script");
  expect(packageParts({ ...found, files: null, bytes: null, license: null, has_install_script: true })).toBe("");
});

import { expect, test } from "vitest";
import { type FileStep, type FileVersions, stepFor } from "./record";

test.each<[string, FileVersions, FileStep["kind"]]>([
  ["nobody changed it", { mine: "a", base: "a", now: "a" }, "same"],
  ["only the blueprint changed it", { mine: "a", base: "a", now: "b" }, "write"],
  ["only a person changed it", { mine: "b", base: "a", now: "a" }, "keep"],
  ["both made the same change", { mine: "b", base: "a", now: "b" }, "same"],
  ["both changed it", { mine: "b", base: "a", now: "c" }, "merge"],
  ["it is new", { mine: null, base: null, now: "a" }, "write"],
  ["it is new, and a person has one of its name", { mine: "b", base: null, now: "a" }, "merge"],
  ["it is no longer made", { mine: "a", base: "a", now: null }, "remove"],
  ["it is no longer made, and a person changed it", { mine: "b", base: "a", now: null }, "keep"],
  ["a person removed it", { mine: null, base: "a", now: "b" }, "keep"],
])("an upgrade of a file: %s", (_what, versions, kind) => {
  expect(stepFor(versions).kind).toBe(kind);
});

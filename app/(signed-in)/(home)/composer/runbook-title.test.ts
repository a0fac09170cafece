import { expect, test } from "vitest";
import { runbookTitle } from "./runbook-title";

test("a tree that a runbook made is named by what it does, and where", () => {
  expect(runbookTitle("repository-survey", "/home/ann/banyan/")).toBe("Survey of banyan");
  expect(runbookTitle("dependency-check", "/srv/shop")).toBe("Dependency check of shop");
  for (const folder of ["", " ", ".", "/"]) expect(runbookTitle("repository-survey", folder)).toBe("Survey");
});

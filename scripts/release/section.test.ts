import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { sectionOf } from "./section.mjs";

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-30

### Added
- A package.

## [1.1.0] - 2026-10-01

- Old.
`;

test("a version's section is what the changelog has below its heading, without the sections around it", () => {
  expect(sectionOf(CHANGELOG, "## [1.2.0]")).toBe("### Added\n- A package.");
  expect(sectionOf(CHANGELOG, "## [1.1.0]")).toBe("- Old.");
  expect(sectionOf(CHANGELOG, "## [Unreleased]")).toBe("");
  // It is not the start of another version.
  expect(sectionOf(CHANGELOG, "## [1.2]")).toBeUndefined();
});

test("a release's text is printed without any package, and a version that nobody described is refused", () => {
  const program = "scripts/release/notes.mjs";
  expect(execFileSync(process.execPath, [program, "0.1.0"], { encoding: "utf8" })).toMatch(/\S/);
  const unknown = spawnSync(process.execPath, [program, "0.0.0"], { encoding: "utf8" });
  expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('nothing of version "0.0.0"') });
});

/** The built product in the launcher's rehearsal, with a person's held-out tests. No page is opened. */
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { rehearse } from "@/launcher/candidate.mjs";
import { LIMITS } from "@/launcher/limits.mjs";
import { newRelease } from "@/launcher/state.mjs";

const HELD_OUT = `
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import test from "node:test";
test("a survey ends with a result", () => {
  const said = execFileSync("banyan", ["run", "--runbook", "repository-survey", "Survey"], { encoding: "utf8" });
  assert.match(said, /files/);
});
test("the page for signing in is there", async () => {
  assert.equal((await fetch(process.env.BANYAN_URL + "/signin")).status, 200);
});
`;

test("the built product does its small task, passes a held-out test through its command line, and stops", async () => {
  const home = mkdtempSync(join(tmpdir(), "banyan-rehearsal-"));
  try {
    for (const folder of ["releases", "deps", "heldout"]) mkdirSync(join(home, folder));
    symlinkSync(process.cwd(), join(home, "releases", "1"));
    symlinkSync(process.cwd(), join(home, "deps", "own"));
    writeFileSync(join(home, "heldout", "survey.test.mjs"), HELD_OUT);
    const release = { ...newRelease(1), deps: "own" };
    expect(await rehearse(home, { permanent: release, release }, LIMITS)).toEqual({ problem: null, leftOut: [] });
    expect(readlinkSync(join(home, "releases", "1"))).toBe(process.cwd());
  } finally {
    rmSync(home, { recursive: true });
  }
});

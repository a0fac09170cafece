import fs from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { GatesReport } from "@/core/shapes/improving/gates";
import { createFixture } from "@/gates/testing/fixture";
import { banyan, buildPrograms } from "@/scripts/testing/command-line";

buildPrograms();
const fixture = createFixture();
afterAll(() => fixture.end());

let runs = 0;
function gates(...args: string[]) {
  runs += 1;
  const evidence = path.join(fixture.base, `run-${runs}`);
  return banyan(["gates", fixture.folder, "--evidence", evidence, ...args]);
}

test("the exit status says passed, failed, wrong use or not measured", async () => {
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const passed = await gates();
  expect(passed).toMatchObject({ status: 0, stderr: "" });
  expect(passed.stdout).toMatch(/^.*: HEAD \([0-9a-f]{12}\) → working tree\n/);
  expect(passed.stdout).toMatch(
    /\nold tests +passed +\d+\.\d s(?: +CPU \d+\.\d s)? {2}3 of 3 tests of the base pass on the change\.\n/,
  );
  expect(passed.stdout).toMatch(/\n\nPassed\.\nEvidence: /);
  fixture.edit("src/numbers.mjs", "b + a", "b - a");
  const file = path.join(fixture.base, "report.md");
  const failed = await gates("--json", "--markdown", file);
  expect(failed.status).toBe(1);
  const report = GatesReport.parse(JSON.parse(failed.stdout));
  expect(report).toMatchObject({ version: 1, outcome: "failed", folder: fixture.folder });
  const markdown = fs.readFileSync(file, "utf8");
  expect(markdown).toMatch(/^# Gates: Failed: old tests, new tests\./);
  expect(markdown).toContain("- fault: `adds`: This test of the base fails on the change.");
  expect(await gates("--base", "nothing")).toMatchObject({ status: 2, stdout: "" });
  expect((await gates("--only", "tests")).stderr).toMatch(/^There is no gate "tests"; the gates are scope, /);
  expect((await gates("--only", "coverage")).status).toBe(4);
});

test("flags fail only a run that asks for it", async () => {
  fixture.git("checkout", "-q", "--", ".");
  fixture.edit("src/numbers.mjs", "return a + b", "return process.env.NODE_ENV ? a + b : b + a");
  const args = ["--only", "oddities"];
  expect((await gates(...args)).stdout).toContain("⚑ src/numbers.mjs:2: This line asks where it runs");
  expect((await gates(...args)).status).toBe(0);
  expect((await gates(...args, "--fail-on-flags")).status).toBe(1);
});

test("reports for other programs, and annotations and a summary for a job of GitHub Actions", async () => {
  fixture.git("checkout", "-q", "--", ".");
  fixture.edit("src/numbers.mjs", "a + b", "a - b");
  const [sarif, junit, summary] = ["report.sarif", "report.xml", "summary.md"].map((name) =>
    path.join(fixture.base, name),
  ) as [string, string, string];
  fs.writeFileSync(sarif, "of an earlier run");
  const evidence = path.join(fixture.base, "run-reports");
  const args = ["gates", fixture.folder, "--evidence", evidence, "--sarif", sarif, "--junit", junit, "--github"];
  const run = await banyan(args, { env: { GITHUB_STEP_SUMMARY: summary } });
  expect(run.status).toBe(1);
  expect(run.stdout).toMatch(
    /^::stop-commands::([0-9a-f-]{36})\n[\s\S]*\n::\1::\n::error title=old tests::adds: This test/,
  );
  expect(JSON.parse(fs.readFileSync(sarif, "utf8"))).toMatchObject({ version: "2.1.0" });
  expect(fs.readFileSync(junit, "utf8")).toContain('<testcase name="old tests" classname="banyan gates"');
  expect(fs.readFileSync(summary, "utf8")).toMatch(/^# Gates: Failed: old tests, new tests\./);
  // Where nothing was judged, no earlier report is left to be read.
  expect((await gates("--base", "nothing", "--sarif", sarif)).status).toBe(2);
  expect(fs.existsSync(sarif)).toBe(false);
  expect((await gates("--github", "--json")).status).toBe(2);
});

test("text of the repository cannot draw on the terminal", async () => {
  fixture.git("checkout", "-q", "--", ".");
  fixture.put("src/a\u001b[2Jb.mjs", "process.env.NODE_ENV;\n");
  const { stdout } = await gates("--only", "oddities");
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toContain("The name of this file contains a control character U+001B.");
});

test("--run runs any command as the gates would, and its exit status is the command's", async () => {
  const run = (...args: string[]) => banyan(["gates", fixture.folder, "--run", ...args]);
  const command = "ls src; unshare -Ur id -u; echo said >&2; echo > made; exit 7";
  const nested = await run(command, "--sandbox", "nested");
  expect(nested.stdout).toMatch(/numbers\.mjs\n/);
  expect(nested).toMatchObject({ status: 7, stdout: expect.stringContaining("\n0\n") });
  expect(nested.stdout).toContain("said\n");
  expect(fs.existsSync(path.join(fixture.folder, "made"))).toBe(false);
  const strict = await run(command);
  expect(strict.status).toBe(7);
  expect(strict.stdout).not.toContain("\n0\n");
  expect(await run("for ((;;)); do :; done", "--minutes", "0.01")).toMatchObject({
    status: 1,
    stderr: "The command took too long, and was ended.\n",
  });
  expect(await run("true", "--sandbox", "loose")).toMatchObject({
    status: 2,
    stderr: "--sandbox is strict or nested.\n",
  });
  expect(await run("true", "--minutes", "soon")).toMatchObject({ status: 2 });
});

test("--gaps lists what no test reaches, and exits with 4 where nothing is measured", async () => {
  fixture.git("checkout", "-q", "--", ".");
  const unknown = await banyan(["gates", fixture.folder, "--gaps"]);
  expect(unknown).toMatchObject({ status: 4, stdout: "" });
  expect(unknown.stderr).toContain("The settings name no command for coverage");
  fixture.put("given.info", "SF:src/numbers.mjs\nDA:2,1\nDA:6,0\n");
  fixture.put(".banyan/gates.yaml", "coverage: { run: cp given.info a, report: { format: lcov, file: a } }\n");
  fixture.commit();
  const listed = await banyan(["gates", fixture.folder, "--gaps", "--all", "--json"]);
  expect(listed.status, listed.stderr).toBe(0);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    version: 1,
    percent: 50,
    gaps: [{ path: "src/numbers.mjs", lines: [[6, 6]], added: 0 }],
  });
});

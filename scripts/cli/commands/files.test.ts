import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { agentScript } from "@/agents/testing/provider-script";
import { call, endTask } from "@/agents/testing/replies";
import { banyan, buildPrograms, dataFolder, json, judged, onlyTree, scripted } from "@/scripts/testing/command-line";

buildPrograms();

const REPORT = "# Report\n\u001b[31mred\n";

test("a tree's files are listed, printed, saved, zipped, and applied as a branch", async () => {
  const folder = dataFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  writeFileSync(path.join(folder, "readme.md"), "# Shop\n");
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "first");
  const files = [call("write_file", { path: "docs/report.md", content: REPORT })];
  const env = await scripted(agentScript({ worker: ({ turn }) => files[turn] ?? endTask("done"), ...judged }));
  const data = dataFolder();
  const run = await banyan(["run", "--agent", "worker", "--workspace", folder, "--data", data, "Report it"], { env });
  expect(run.status, run.stderr).toBe(0);
  const at = ["--data", data];
  const { id } = await onlyTree(data);

  expect((await banyan(["files", id.slice(0, 6), ...at])).stdout).toBe(
    "+      18 B  docs/report.md\n        7 B  readme.md\n",
  );
  expect(await json(["files", id, "--changed", ...at])).toMatchObject({ items: [{ path: "docs/report.md" }] });
  // In a pipe the bytes are as they are.
  expect((await banyan(["files", id, "docs/report.md", ...at])).stdout).toBe(REPORT);
  expect(await banyan(["files", id, "docs/none.md", ...at])).toMatchObject({ status: 2 });
  const out = dataFolder();
  const zip = path.join(out, "all.zip");
  expect((await banyan(["files", id, "--zip", "all.zip", ...at], { cwd: out })).stdout).toBe(
    "Wrote 2 files to all.zip.\n",
  );
  expect(Object.keys(unzipSync(readFileSync(zip)))).toEqual(["docs/report.md", "readme.md"]);
  const again = await banyan(["files", id, "--zip", zip, ...at]);
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining("exists already")]);
  expect((await banyan(["files", id, "--out", "copy", "--changed", ...at], { cwd: out })).status).toBe(0);
  expect(readFileSync(path.join(out, "copy/docs/report.md"), "utf8")).toBe(REPORT);
  expect(existsSync(path.join(out, "copy/readme.md"))).toBe(false);
  expect((await banyan(["diff", id, ...at])).stdout).toContain("+# Report");

  const applied = await banyan(["apply", id, "--branch", "banyan/report", ...at]);
  expect([applied.status, applied.stderr]).toEqual([0, ""]);
  expect(applied.stdout).toContain("Created the branch banyan/report");
  expect(applied.stdout).toContain("branch -D banyan/report");
  expect(git("diff", "--name-only", "main...banyan/report")).toBe("docs/report.md");
  expect(git("status", "--porcelain")).toBe("?? docs/");
});

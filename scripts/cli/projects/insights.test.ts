/** `insights` on the command line: looked at, listed, reported, dismissed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { InsightList } from "@/core/shapes/insights";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

test("a repository is looked at, its insights are listed and reported, and one is dismissed with a reason", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  const shop = path.join(cwd, "shop");
  mkdirSync(shop);
  writeFileSync(
    path.join(shop, "tax.py"),
    "def tax(amount, rate):\n    if amount < 0:\n        return 0\n    return amount * rate\n",
  );
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", shop, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "A start");
  expect((await banyan(["migrate", "--data", data])).status).toBe(0);
  expect((await banyan(["project", "add", shop, "--check", "true", "--data", data])).status).toBe(0);
  const insights = (...args: string[]) => banyan(["insights", "shop", ...args, "--data", data], { cwd });
  expect((await insights()).stdout).toBe("Nobody has looked yet: npx banyan insights shop --look.\n");
  const { stdout, status } = await insights("--look");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Looked at 1 file of code at [0-9a-f]{7}: 3 insights, 3 new, 0 done\.\n/);
  expect(stdout.indexOf("are not measured")).toBeLessThan(stdout.indexOf("3 open insights"));
  expect(stdout).toContain("tax is exported and has no description\n      Missing documentation; tax.py:1–4; in-");
  expect((await insights("--markdown")).stdout).toContain("# Insights of shop\n");
  expect((await insights("--markdown", "--json")).status).toBe(2);
  expect(JSON.parse((await insights("--report", "i.md", "--json")).stdout)).toEqual({ file: "i.md" });
  expect(readFileSync(path.join(cwd, "i.md"), "utf8")).toContain("# Insights of shop\n");
  expect((await insights("--report", "i.md")).stderr).toContain("it exists: name a new file");
  const { items } = JSON.parse((await insights("--kind", "untyped", "--json")).stdout) as InsightList;
  expect(items.map(({ kind }) => kind)).toEqual(["untyped"]);
  const id = items[0]?.id ?? "";
  expect((await insights("dismiss", id)).status).toBe(2);
  expect((await insights("dismiss", id, "--reason", "on purpose")).stdout).toBe("Dismissed: tax has no types.\n");
  expect((await insights()).stdout).not.toContain("tax has no types");
  expect((await insights("reopen", id)).stdout).toBe("Open again: tax has no types.\n");
  const { stderr } = await insights("--kind", "all");
  expect(stderr).toContain('There is no kind "all": use hotspot, complex');
});

import { writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder, json, withTree } from "@/scripts/testing/command-line";

buildPrograms();

test("a backup works while others write and never overwrites a file; restore keeps the replaced database", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  const made = (await json(["backup", ...at])) as { file: string; size_bytes: number };
  expect(path.dirname(made.file)).toBe(path.join(data, "backups"));
  expect(made.size_bytes).toBeGreaterThan(10_000);
  const twice = await banyan(["backup", made.file, ...at]);
  expect([twice.status, twice.stderr]).toEqual([2, expect.stringContaining("backups never overwrite")]);
  await banyan(["delete", tree.id, ...at]);
  const restored = (await json(["restore", made.file, ...at])) as { kept: string };
  expect(await json(["trees", ...at])).toMatchObject({ items: [{ id: tree.id }] });
  const elsewhere = dataFolder();
  await banyan(["restore", restored.kept, "--data", elsewhere]);
  expect(await json(["trees", "--data", elsewhere])).toMatchObject({ items: [] });
});

test("restore refuses a damaged backup and a database in use, and then changes nothing", async () => {
  const { data, tree } = await withTree();
  const { file } = (await json(["backup", "--data", data])) as { file: string };
  const other = path.join(data, "other.db");
  new Database(other).exec("CREATE TABLE a (b)").close();
  const text = path.join(data, "text.db");
  writeFileSync(text, "no database ".repeat(1_000));
  for (const [name, says] of [
    [other, "not a Banyan database"],
    [text, "not a readable database"],
    [path.join(data, "nowhere"), "There is no file"],
    [path.join(data, "banyan.db"), "the database itself"],
  ] as const) {
    const refused = await banyan(["restore", name, "--data", data]);
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain(says);
  }
  const user = new Database(path.join(data, "banyan.db"));
  const used = await banyan(["restore", file, "--data", data]);
  expect([used.status, used.stderr]).toEqual([2, expect.stringContaining(`in use by process ${process.pid}`)]);
  user.close();
  expect(await json(["trees", "--data", data])).toMatchObject({ items: [{ id: tree.id }] });
});

test("doctor: one line per finding; exit status 1 when something must be fixed", async () => {
  const { data } = await withTree();
  const well = await banyan(["doctor", "--data", data]);
  expect(well.status).toBe(0);
  for (const name of [
    "Node",
    "git",
    "Settings",
    "Data folder",
    "Disk",
    "Machine",
    "Database",
    "Workers",
    "Terminal sandbox",
    "Network of commands",
    "Background commands",
    "Models",
  ])
    expect(well.stdout).toMatch(new RegExp(`^(✓ ok  |! warn) ${name}: .+$`, "m"));
  expect(well.stdout).toContain("No worker runs for 1 open task.");
  const ill = await banyan(["doctor", "--json", "--data", data], { env: { BANYAN_MODEL: "openai/gpt" } });
  expect(ill.status).toBe(1);
  expect(JSON.parse(ill.stdout).checks.at(-1)).toMatchObject({ name: "Models", mark: "fail" });
});

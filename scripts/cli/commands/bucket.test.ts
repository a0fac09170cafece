/** Backups in a bucket with the real programs: the server copies and proves them, and a new machine restores one. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Storage, startStorage } from "@/lib/bucket/testing/storage";
import {
  banyan,
  buildPrograms,
  dataFolder,
  json,
  onlyTree,
  startWorkerProcess,
  withTree,
} from "@/scripts/testing/command-line";

buildPrograms();

const LONG = { timeout: 60_000 };

async function bucket(): Promise<{ storage: Storage; env: Record<string, string> }> {
  const storage = await startStorage();
  onTestFinished(() => storage.close());
  const { stdout: key } = await banyan(["backup", "--new-key"]);
  return { storage, env: { ...settingsOf(storage), BANYAN_BACKUP_KEY: key.trim() } };
}

function settingsOf({ settings }: Storage): Record<string, string> {
  return {
    BANYAN_BACKUP_S3_URL: `${settings.url}/${settings.prefix}`,
    BANYAN_BACKUP_S3_KEY_ID: settings.keyId,
    BANYAN_BACKUP_S3_SECRET: settings.secret,
  };
}

test("the server copies its backup to the bucket and proves it; a new machine restores it with the key", async () => {
  const { env } = await bucket();
  const { data } = await withTree();
  const worker = await startWorkerProcess(data, { ...env, BANYAN_BACKUP_EVERY: "24h" });
  const listed = async () => {
    const { stdout } = await banyan(["backup", "--list", "--json", "--data", data], { env });
    return JSON.parse(stdout) as { items: unknown[]; bucket: { items: { name: string }[]; proof: object | null } };
  };
  await expect.poll(async () => (await listed()).bucket.proof, LONG).toMatchObject({ trees: 1 });
  const { items } = (await listed()).bucket;
  expect(items).toEqual([expect.objectContaining({ name: expect.stringMatching(/^banyan-scheduled-.+\.db$/) })]);
  const doctor = await banyan(["doctor", "--data", data], { env });
  expect(doctor.stdout).toMatch(
    /ok {3}Backups off the machine: In 127\.0\.0\.1:\d+\/backups\/team\/: the newest is .+ The last test restore/,
  );
  worker.child.kill("SIGTERM");
  await worker.done;
  expect(readdirSync(path.join(data, "backups")).filter((name) => !name.endsWith(".db"))).toEqual([]);

  // A machine that has nothing but the settings and the key, which it asks for.
  const { BANYAN_BACKUP_KEY: key = "", ...keyless } = env;
  const elsewhere = dataFolder();
  const at = ["--from-bucket", "--data", elsewhere];
  const checked = await banyan(["restore", "newest", "--check", ...at], { env: keyless, stdin: `${key}\n` });
  expect([checked.stderr, checked.status]).toEqual(["", 0]);
  expect(existsSync(path.join(elsewhere, "banyan.db"))).toBe(false);
  const file = path.join(dataFolder(), "key.txt");
  writeFileSync(file, `# created: today\n${key}\n`);
  const name = items[0]?.name ?? "";
  // A restore that was killed has left its folder.
  const gone = spawnSync(process.execPath, ["-e", ""]).pid;
  mkdirSync(path.join(elsewhere, `backups/fetched-${gone}-abc`), { recursive: true });
  const restored = await banyan(["restore", name, "--key-file", file, ...at], { env: keyless });
  expect([restored.stderr, restored.status]).toEqual(["", 0]);
  expect(await onlyTree(elsewhere)).toMatchObject({ title: "Survey" });
  expect(readdirSync(path.join(elsewhere, "backups"))).toEqual([]);
});

test("a server that is killed in the middle of its upload leaves nothing listed, and the next one sends it", async () => {
  const { env, storage } = await bucket();
  const { data } = await withTree();
  const settings = { ...env, BANYAN_BACKUP_EVERY: "24h" };
  storage.plant(({ method }) => (method === "PUT" ? "silent" : undefined));
  const killed = await startWorkerProcess(data, settings);
  await expect.poll(() => storage.requests.some(({ method }) => method === "PUT"), LONG).toBe(true);
  killed.child.kill("SIGKILL");
  await killed.done;
  const names = async () => {
    const { stdout } = await banyan(["backup", "--list", "--json", "--data", data], { env });
    const { bucket: found } = JSON.parse(stdout) as { bucket: { items: { name: string }[]; proof: object | null } };
    return [found.items.length, found.proof !== null];
  };
  expect(await names()).toEqual([0, false]);
  storage.plant(null);
  const next = await startWorkerProcess(data, settings);
  await expect.poll(names, LONG).toEqual([1, true]);
  next.child.kill("SIGTERM");
  await next.done;
});

test("backup --upload makes, copies and proves one; --prove proves it again", async () => {
  const { env, storage } = await bucket();
  const { data } = await withTree();
  const at = ["--data", data];
  const made = await banyan(["backup", "--upload", ...at], { env });
  expect([made.stderr, made.stdout]).toEqual([
    "",
    expect.stringMatching(
      /^The backup banyan-.+\.db is in the bucket, and a test restore of it held 1 tree and \d+ messages\.\n$/,
    ),
  ]);
  const before = storage.requests.length;
  expect((await banyan(["backup", "--prove", ...at], { env })).stdout).toBe(made.stdout);
  expect(storage.requests.slice(before).map(({ method }) => method)).not.toContain("PUT");
  const listed = await banyan(["backup", "--list", ...at], { env });
  expect(listed.stdout).toMatch(
    /\nIn the bucket 127\.0\.0\.1:\d+\/backups\/team\/: 1 backup\.\n.+\nLast proven by a test restore: banyan-/,
  );
  // Without an answer of the bucket those in the folder are listed nevertheless.
  const refused = { env: { ...env, BANYAN_BACKUP_S3_SECRET: "wrong" } };
  const unread = await banyan(["backup", "--list", ...at], refused);
  expect([unread.status, unread.stderr]).toEqual([2, expect.stringContaining("refused the signature")]);
  expect(unread.stdout).toMatch(/: 1 backup\.\n {2}banyan-.+\.db .+\nLast proven by a test restore: banyan-/);
  const facts = await banyan(["backup", "--list", "--json", ...at], refused);
  expect([facts.status, JSON.parse(facts.stdout)]).toMatchObject([
    2,
    { items: [{}], bucket: { items: null, problem: expect.stringContaining("refused the signature") } },
  ]);
  // Its bytes say nothing without the key.
  const [stored] = storage.kept().filter((file) => file.includes(".db.age") && file.endsWith("_object"));
  expect(readFileSync(stored ?? "").includes("SQLite format 3")).toBe(false);
});

test("wrong settings, a wrong key and what is not there are one sentence each", async () => {
  const { env, storage } = await bucket();
  const { data } = await withTree();
  const at = ["--data", data];
  const says = async (args: string[], given: Record<string, string>, stdin = "") => {
    const { status, stderr } = await banyan([...args, ...at], { env: given, stdin });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    return `${status}: ${stderr.trim()}`;
  };
  const fetched = ["restore", "newest", "--check", "--from-bucket"];
  expect(await says(fetched, env)).toMatch(/^2: There is no backup in the bucket 127\.0\.0\.1:\d+\/backups\/team\/\.$/);
  expect(await says(["restore", "x.db", "--check", "--from-bucket"], env)).toMatch(
    /^2: The backup is not in the bucket/,
  );
  expect(await says(["backup", "--prove"], env)).toMatch(/^[12]: There is no backup yet: make one/);
  await json(["backup", ...at]);
  expect(await says(["backup", "--prove"], { ...env, BANYAN_BACKUP_S3_SECRET: "wrong" })).toMatch(
    /refused the signature/,
  );
  const alert = JSON.parse((await banyan(["status", "--json", ...at], { env })).stdout);
  expect(JSON.stringify(alert)).toContain("The last backup did not reach the bucket; there is none yet.");
  expect((await banyan(["backup", "--prove", ...at], { env })).status).toBe(0);

  const { stdout: other } = await banyan(["backup", "--new-key"]);
  expect(await says(fetched, { ...env, BANYAN_BACKUP_KEY: other.trim() })).toMatch(
    /^2: The key does not open the backup/,
  );
  const { BANYAN_BACKUP_KEY: _, ...keyless } = env;
  expect(await says(fetched, keyless, "my birthday")).toMatch(/^2: That is not a key of backups/);
  expect(await says(fetched, {})).toMatch(/^2: No bucket is set: set BANYAN_BACKUP_S3_URL/);
  expect(await says(["backup", "--prove"], keyless)).toMatch(/The setting BANYAN_BACKUP_KEY is missing: make a key/);

  const { BANYAN_BACKUP_S3_SECRET: __, ...half } = env;
  expect(await says(["backup", "--list"], half)).toMatch(
    /^2: The setting BANYAN_BACKUP_S3_URL needs BANYAN_BACKUP_S3_KEY_ID and/,
  );
  const far = { ...env, BANYAN_BACKUP_S3_URL: "http://storage.example.org/backups" };
  expect(await says(["backup", "--list"], far)).toMatch(
    /^2: The setting BANYAN_BACKUP_S3_URL cannot be .+ http:\/\/ only for this/,
  );
  expect(await says(["backup", "--list"], { ...env, BANYAN_BACKUP_KEY: "secret" })).toMatch(
    /^2: The setting BANYAN_BACKUP_KEY cannot be its value: use a key that/,
  );
  expect(await says(["backup", "--list", "--prove"], env)).toMatch(
    /^2: Give --list, --upload, --prove or --new-key alone/,
  );
  expect(await says(["restore", "x.db", "--key-file", "y"], env)).toMatch(
    /^2: Give --key-file together with --from-bucket/,
  );
  expect(storage.requests.length).toBeGreaterThan(0);
});

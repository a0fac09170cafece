import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLiveBackups } from "@/db/file/live-backup";
import { openStore } from "@/db/store";
import { ownIdentity, statOf } from "@/lib/process/identity";
import { listBackups } from "./backups";

test("a backup that another process makes runs as long as it has a file, whatever its row says", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-backups-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const database = join(dataDir, "banyan.db");
  const now = () => Date.parse("2026-05-01T03:00:00Z");
  const store = openStore(database, { migrations: "drizzle", now });
  onTestFinished(() => store.close());
  const backups = createLiveBackups({ database, dataDir, program: process.cwd(), now });
  const sources = { store, backups, backupSettings: { everyMs: null, keep: null }, now };
  const name = backups.nameAt(now(), "scheduled");
  const other = { pid: process.ppid, processStart: statOf(process.ppid)?.start ?? "" };
  await store.backups.claim({ name, begunAtMs: now(), holder: { ...ownIdentity(), ...other } }, () => true);
  const running = async () => (await listBackups(sources)).running;
  mkdirSync(join(dataDir, "backups"), { recursive: true });
  writeFileSync(join(dataDir, "backups", `${name}.part`), "12345");
  expect(await running()).toMatchObject({ name, written_bytes: 5 });
  // As it is after a failure on a full disk.
  rmSync(join(dataDir, "backups", `${name}.part`));
  expect(await running()).toBeNull();
});

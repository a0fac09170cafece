/** Which backup of a bucket `restore newest --from-bucket` takes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { objectOf } from "@/agents/backups/bucket-copy";
import { openBucket } from "@/lib/bucket/bucket";
import { encryptFile, newKey } from "@/lib/bucket/encryption";
import { startStorage } from "@/lib/bucket/testing/storage";
import type { Context } from "@/scripts/cli/context/context";
import { withFetched } from "./bucket";

test("the newest backup is that of its name in the own folder, whoever was sent last", async () => {
  const storage = await startStorage();
  onTestFinished(() => storage.close());
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-newest-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const bucket = { ...storage.settings, ageKey: await newKey() };
  const put = async (name: string) => {
    const file = join(dataDir, "plain");
    writeFileSync(file, name);
    const encrypted = await encryptFile(file, bucket.ageKey);
    await openBucket(bucket).upload({ name: objectOf(name), ...encrypted, begun: async () => {} });
  };
  const newest = "banyan-2026-05-02T03-00-00-000Z.db";
  await put(newest);
  await put("banyan-scheduled-2026-05-01T03-00-00-000Z.db");
  // By a clock that was wrong.
  await put("banyan-9999-05-01T03-00-00-000Z.db");
  await put("other/banyan-2026-05-03T03-00-00-000Z.db");
  await put("notes");
  const context = { settings: { dataDir, backups: { bucket } }, cwd: dataDir } as unknown as Context;
  const fetched = withFetched(context, { name: "newest", keyFile: undefined }, async (file) =>
    readFileSync(file, "utf8"),
  );
  expect(await fetched).toBe(newest);
});

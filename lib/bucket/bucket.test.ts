import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HAS_PROC } from "@/lib/process/ps";
import { openBucket } from "./bucket";
import { decryptTo, encryptFile, newKey } from "./encryption";
import { BucketError } from "./faults";
import { type Storage, startStorage } from "./testing/storage";

const LARGE_BYTES = 20 * 1024 * 1024 + 7;

async function open() {
  const storage = await startStorage();
  onTestFinished(() => storage.close());
  const folder = mkdtempSync(join(tmpdir(), "banyan-bucket-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bucket = openBucket(storage.settings, { requestMs: 5_000, pauseMs: 1 });
  const key = await newKey();
  const put = async (name: string, file: string) => {
    const ids: string[] = [];
    await bucket.upload({ name, ...(await encryptFile(file, key)), begun: async (id) => void ids.push(id) });
    return ids;
  };
  const fetchTo = (name: string, given = key) => {
    const file = join(folder, `${name}.${randomBytes(4).toString("hex")}`);
    return decryptTo(file, bucket.download(name), { key: given, what: name }).then(() => file);
  };
  const fileOf = (bytes: number) => {
    const file = join(folder, `plain-${bytes}`);
    writeFileSync(file, randomBytes(bytes));
    return file;
  };
  return { storage, bucket, key, folder, put, fetchTo, fileOf };
}

const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

async function sentence(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (fault: unknown) => fault,
  );
  expect(error).toBeInstanceOf(BucketError);
  return (error as BucketError).message;
}

test("files of every size come back as they were, and nobody reads them on the way", async () => {
  const { storage, bucket, put, fetchTo, fileOf } = await open();
  for (const bytes of [0, 1, 65_536, 8 * 1024 * 1024, LARGE_BYTES]) {
    const file = fileOf(bytes);
    const ids = await put(`of-${bytes}`, file);
    expect(ids).toHaveLength(bytes >= 8 * 1024 * 1024 ? 1 : 0);
    const back = await fetchTo(`of-${bytes}`);
    expect(digest(back)).toBe(digest(file));
    expect(statSync(back).mode & 0o777).toBe(0o600);
  }
  const names = (await bucket.list()).map(({ name }) => name);
  expect(names.sort()).toEqual(["of-0", "of-1", "of-20971527", "of-65536", "of-8388608"]);
  await bucket.remove("of-0");
  expect((await bucket.list()).map(({ name }) => name)).not.toContain("of-0");
  expect(storage.requests.every(({ url }) => url.startsWith("/backups"))).toBe(true);
});

test("folders below the own one are not listed: they may be another installation's", async () => {
  const { storage, bucket, put, fileOf } = await open();
  const above = openBucket({ ...storage.settings, prefix: "" });
  await put("own", fileOf(1));
  await put("below/theirs", fileOf(1));
  expect((await bucket.list()).map(({ name }) => name)).toEqual(["own"]);
  expect(await above.list()).toEqual([]);
});

test("what is in the bucket has the format of age", async () => {
  const { bucket, put, key, folder } = await open();
  const file = join(folder, "plain");
  writeFileSync(file, "a secret that nobody must read");
  await put("small", file);
  const pieces: Uint8Array[] = [];
  for await (const piece of bucket.download("small")) pieces.push(piece);
  const stored = Buffer.concat(pieces);
  expect(stored.toString("latin1")).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
  expect(stored.toString("latin1")).not.toContain("a secret");
  expect(key).toMatch(/^AGE-SECRET-KEY-1/);
});

test("a connection that breaks in the middle is tried again, up and down", async () => {
  const { storage, put, fetchTo, fileOf } = await open();
  const file = fileOf(LARGE_BYTES);
  let cuts = 2;
  const cut = (method: string, part: RegExp) => (request: { method: string; url: string }) =>
    request.method === method && part.test(request.url) && cuts-- > 0 ? { cutAfterBytes: 1_000_000 } : undefined;
  storage.plant(cut("PUT", /partNumber=2/));
  await put("large", file);
  expect(cuts).toBeLessThanOrEqual(0);
  cuts = 1;
  storage.plant(cut("GET", /large/));
  expect(digest(await fetchTo("large"))).toBe(digest(file));
  expect(cuts).toBeLessThanOrEqual(0);
});

test("an upload whose end is done and not answered is no failure, because the storage has the object", async () => {
  const { storage, bucket, put, fetchTo, fileOf } = await open();
  const file = fileOf(LARGE_BYTES);
  let ends = 0;
  storage.plant(({ method, url }) => {
    if (method !== "POST" || !url.includes("uploadId=")) return undefined;
    ends += 1;
    return ends === 1 ? "unanswered" : { status: 404, code: "NoSuchUpload" };
  });
  await put("large", file);
  expect([ends, digest(await fetchTo("large"))]).toEqual([2, digest(file)]);
  // Without the object it is one.
  ends = 1;
  expect(await sentence(put("other", file))).toMatch(/The backup is not in the bucket/);
  expect((await bucket.list()).map(({ name }) => name)).toEqual(["large"]);
});

test("an upload that fails for good leaves nothing: no object, and no parts", async () => {
  const { storage, bucket, put, fileOf } = await open();
  const before = storage.kept();
  storage.plant(({ url }) => (url.includes("partNumber=3") ? { status: 503, code: "SlowDown" } : undefined));
  expect(await sentence(put("large", fileOf(LARGE_BYTES)))).toMatch(/answered with status 503 \(SlowDown\): .+ later/);
  storage.plant(null);
  expect(await bucket.list()).toEqual([]);
  expect(storage.kept()).toEqual(before);
});

test.runIf(HAS_PROC)("an upload that fails leaves no file open, wherever it fails", async () => {
  const { storage, put, fileOf } = await open();
  const file = fileOf(LARGE_BYTES);
  const isOpen = () =>
    readdirSync("/proc/self/fd").some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file;
      } catch {
        return false;
      }
    });
  for (const part of [/uploads/, /partNumber=1/, /partNumber=3/]) {
    storage.plant(({ url }) => (part.test(url) ? { status: 403, code: "AccessDenied" } : undefined));
    expect(await sentence(put("large", file))).toMatch(/does not allow this access key/);
    // Streams close files in the background.
    await expect.poll(isOpen).toBe(false);
  }
});

test("an upload of a killed process is not listed, and is ended by its id", async () => {
  const { storage, bucket, key, fileOf } = await open();
  const before = storage.kept();
  let id = "";
  const encrypted = await encryptFile(fileOf(LARGE_BYTES), key);
  // It never ends by itself: as after a kill, nothing of it goes on.
  void bucket.upload({
    name: "large",
    ...encrypted,
    begun: (uploadId) => {
      id = uploadId;
      return new Promise(() => {});
    },
  });
  await expect.poll(() => id).not.toBe("");
  expect(await bucket.list()).toEqual([]);
  expect(storage.kept()).not.toEqual(before);
  await bucket.endUpload("large", id);
  expect(storage.kept()).toEqual(before);
});

test("each fault of a storage is one sentence that says what to do", async () => {
  const { storage, put, fileOf, fetchTo } = await open();
  const file = fileOf(100);
  const other = (change: Partial<Storage["settings"]>) =>
    sentence(openBucket({ ...storage.settings, ...change }, { requestMs: 300, pauseMs: 1 }).list());
  expect(await other({ keyId: "SOMEBODY" })).toMatch(/does not know the access key: correct BANYAN_BACKUP_S3_KEY_ID/);
  expect(await other({ secret: "wrong" })).toMatch(
    /refused the signature: correct BANYAN_BACKUP_S3_SECRET or BANYAN_BACKUP_S3_KEY_ID/,
  );
  const elsewhere = storage.settings.url.replace("/backups", "/nothing");
  expect(await other({ url: elsewhere, bucket: "nothing" })).toMatch(/has no bucket “nothing”: create it/);
  const gone = await startStorage();
  await gone.close();
  expect(await other({ url: gone.settings.url })).toMatch(/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);

  const faults: [Parameters<Storage["plant"]>[0], RegExp][] = [
    [
      () => ({ status: 403, code: "AccessDenied" }),
      /does not allow this access key to use the bucket “backups”: let it/,
    ],
    [
      () => ({ status: 403, code: "RequestTimeTooSkewed" }),
      /clocks of this machine and of .+ differ.+set this machine/,
    ],
    [() => ({ status: 400, code: "AuthorizationHeaderMalformed" }), /in another region: set BANYAN_BACKUP_S3_REGION/],
    [() => ({ status: 507, code: "XMinioStorageFull" }), /is full: delete what is not needed/],
    [() => ({ status: 403, code: "QuotaExceeded" }), /is full: delete what is not needed/],
    [
      () => ({ status: 500, code: "InternalError" }),
      /answered with status 500 \(InternalError\): the storage has a fault/,
    ],
  ];
  for (const [fault, words] of faults) {
    storage.plant(fault);
    expect(await sentence(put("one", file))).toMatch(words);
  }
  storage.plant(() => "silent");
  expect(await other({})).toMatch(/cannot be reached \(no answer in time\)/);
  storage.plant(null);
  expect(await sentence(fetchTo("never-made"))).toMatch(/The backup is not in the bucket “backups”/);
});

test("a clock that is wrong is told by the storage itself", async () => {
  const { storage } = await open();
  const late = openBucket(storage.settings, { now: () => Date.now() - 3_600_000 });
  expect(await sentence(late.list())).toMatch(/clocks of this machine and of/);
});

test("V8: a wrong key, changed bytes and other files are told apart", async () => {
  const { storage, bucket, put, fetchTo, fileOf, folder, key } = await open();
  await put("one", fileOf(100_000));
  expect(await sentence(fetchTo("one", await newKey()))).toMatch(/The key does not open the backup one: use the key/);
  expect(await sentence(fetchTo("one", `${key.slice(0, -1)}${key.endsWith("X") ? "Z" : "X"}`))).toMatch(
    /is mistyped: correct BANYAN_BACKUP_KEY/,
  );
  const whole: Uint8Array[] = [];
  for await (const piece of bucket.download("one")) whole.push(piece);
  const bytes = Buffer.concat(whole);
  const from = async function* (given: Buffer) {
    yield given;
  };
  const read = (given: Buffer) =>
    sentence(decryptTo(join(folder, randomBytes(4).toString("hex")), from(given), { key, what: "one" }));
  const changed = Buffer.from(bytes);
  changed[50_000] = (changed[50_000] ?? 0) ^ 1;
  expect(await read(changed)).toMatch(/damaged or cut short/);
  expect(await read(bytes.subarray(0, 70_000))).toMatch(/damaged or cut short/);
  expect(await read(Buffer.from("something else entirely, which is no backup"))).toMatch(/is not an encrypted backup/);
  expect(storage.requests.length).toBeGreaterThan(0);
});

test("an error of whatever gives the bytes says nothing about them, at any place of the backup", async () => {
  const { bucket, put, fileOf, folder, key } = await open();
  await put("one", fileOf(100_000));
  const stored: Uint8Array[] = [];
  for await (const piece of bucket.download("one")) stored.push(piece);
  const bytes = Buffer.concat(stored);
  for (const at of [0, 10, 70_000]) {
    const pieces = (async function* () {
      yield bytes.subarray(0, at);
      throw new TypeError("The server's own fault.");
    })();
    const to = join(folder, `to-${at}`);
    await expect(decryptTo(to, pieces, { key, what: "one" })).rejects.toThrow(TypeError);
  }
});

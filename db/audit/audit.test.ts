/** L2: forged audits, and what of them is found. */
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { anchorFileOf, appendAnchor, keepAnchor, readAnchors, startAnchoring } from "@/lib/audit-anchor";
import { type AuditRow, auditHash, createAuditWriter, FIRST_HASH } from "./audit";
import { checkAudit } from "./audit-check";

function folder(): string {
  const made = fs.mkdtempSync(path.join(tmpdir(), "banyan-audit-"));
  onTestFinished(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

const entry = (subject: string, tree = "") => ({ actor: "anna", action: "stop", subject, tree, detail: "{}" });

async function withRows(count: number) {
  const at = folder();
  const file = path.join(at, "data", "banyan.db");
  const store = openStore(file, { migrations: "drizzle" });
  onTestFinished(() => void store.client.sqlite.close());
  for (let row = 1; row <= count; row += 1) await store.audit.append([entry(`task ${row}`)]);
  const anchor = path.join(at, "config", "audit.jsonl");
  const check = () => checkAudit(store.audit, { anchors: readAnchors(anchor).anchors });
  const anchored = () => keepAnchor(anchor, store.audit.head(), 0);
  return { file, anchor, store, sqlite: store.client.sqlite, audit: store.audit, check, anchored };
}

/** Recomputes all hashes from a row on, as an attacker who knows the chain would. */
function rehash(sqlite: Awaited<ReturnType<typeof withRows>>["sqlite"]): void {
  const rows = sqlite
    .prepare("SELECT id, at_ms AS atMs, actor, action, subject, tree, detail FROM audit ORDER BY id")
    .all() as Omit<AuditRow, "hash">[];
  let before = FIRST_HASH;
  for (const row of rows) {
    before = auditHash(before, row);
    sqlite.prepare("UPDATE audit SET hash = ? WHERE id = ?").run(before, row.id);
  }
}

test("an unchanged chain is intact, also over many slices and when two processes write together", async () => {
  const { check, anchored, audit, file } = await withRows(3);
  const other = openStore(file, { migrations: "drizzle" });
  onTestFinished(() => void other.client.sqlite.close());
  await Promise.all(
    [audit, other.audit].map(async (writer) => {
      for (let part = 0; part < 30; part += 1)
        await writer.append(Array.from({ length: 40 }, (_, row) => entry(`ü\ud800\0${part}/${row}`, "tree")));
    }),
  );
  anchored();
  expect(await check()).toEqual({ ok: true, rows: 2_403, head: audit.head(), faults: [] });
  expect(audit.head()?.id).toBe(2_403);
});

test("an empty audit is intact", async () => {
  expect(await (await withRows(0)).check()).toEqual({ ok: true, rows: 0, head: null, faults: [] });
});

for (const change of ["at_ms = 1", "actor = 'bert'", "action = 'x'", "subject = ''", "tree = 't'", "detail = '{ }'"]) {
  test(`finds an altered row: ${change}`, async () => {
    const { check, sqlite } = await withRows(9);
    sqlite.exec(`UPDATE audit SET ${change} WHERE id = 5`);
    expect(await check()).toMatchObject({
      ok: false,
      faults: [{ id: 5, kind: "altered", sentence: "The audit's row 5, or the hash of row 4, was altered." }],
    });
  });
}

test("finds text that moved from one column to the next", async () => {
  const { check, audit, sqlite } = await withRows(0);
  await audit.append([{ actor: "ab", action: "c", subject: "", tree: "", detail: "" }]);
  sqlite.exec("UPDATE audit SET actor = 'a', action = 'bc'");
  expect((await check()).faults).toMatchObject([{ id: 1, kind: "altered" }]);
});

test("finds a row that was rehashed alone, by the next row", async () => {
  const { check, sqlite } = await withRows(9);
  const rows = sqlite
    .prepare("SELECT id, at_ms AS atMs, actor, action, subject, tree, detail, hash FROM audit")
    .all() as AuditRow[];
  const changed = { ...(rows[4] as AuditRow), actor: "bert" };
  sqlite
    .prepare("UPDATE audit SET actor = 'bert', hash = ? WHERE id = 5")
    .run(auditHash((rows[3] as AuditRow).hash, changed));
  expect((await check()).faults).toMatchObject([{ id: 6, kind: "altered" }]);
});

test("finds rows deleted in the middle and at the beginning", async () => {
  const { check, sqlite } = await withRows(9);
  sqlite.exec("DELETE FROM audit WHERE id IN (1, 4, 6, 7)");
  expect((await check()).faults).toEqual([
    { id: 1, kind: "missing", sentence: "The audit's row 1 is missing." },
    { id: 4, kind: "missing", sentence: "The audit's row 4 is missing." },
    { id: 6, kind: "missing", sentence: "The audit's rows 6 to 7 are missing." },
  ]);
});

test("finds an inserted row at any position", async () => {
  const { check, sqlite, audit } = await withRows(3);
  sqlite.exec("INSERT INTO audit SELECT -7, at_ms, actor, action, subject, tree, detail, hash FROM audit WHERE id = 2");
  sqlite.exec("INSERT INTO audit SELECT 4, at_ms, actor, action, subject, tree, detail, hash FROM audit WHERE id = 3");
  await audit.append([entry("next")]);
  expect((await check()).faults).toMatchObject([
    { id: -7, kind: "inserted" },
    { id: 4, kind: "altered" },
  ]);
});

test("finds deleted last rows by the used ids, or by the anchor when those were changed too", async () => {
  const { check, sqlite, anchored, audit } = await withRows(9);
  anchored();
  sqlite.exec("DELETE FROM audit WHERE id > 6");
  expect(await checkAudit(audit)).toMatchObject({ ok: false, faults: [{ id: 7, kind: "missing" }] });
  sqlite.exec("UPDATE sqlite_sequence SET seq = 6 WHERE name = 'audit'");
  expect(await checkAudit(audit)).toMatchObject({ ok: true });
  expect((await check()).faults).toEqual([
    {
      id: 7,
      kind: "missing",
      sentence:
        "The audit ends with row 6, but the hash of row 9 was saved at 1970-01-01T00:00:00.000Z: rows were deleted, or an older database was restored.",
    },
  ]);
  // Later rows do not hide the fault.
  for (let row = 7; row <= 12; row += 1) await audit.append([entry("later")]);
  anchored();
  expect((await check()).faults).toMatchObject([{ id: 9, kind: "unlike_anchor" }]);
});

test("finds a last row whose id was used again, although the new row has an anchor too", async () => {
  const { check, sqlite, anchored, audit } = await withRows(9);
  anchored();
  sqlite.exec("DELETE FROM audit WHERE id = 9; UPDATE sqlite_sequence SET seq = 8 WHERE name = 'audit'");
  await audit.append([entry("harmless")]);
  anchored();
  expect((await check()).faults).toMatchObject([{ id: 9, kind: "unlike_anchor" }]);
  await audit.append([entry("later")]);
  anchored();
  expect((await check()).faults).toMatchObject([{ id: 9, kind: "unlike_anchor" }]);
});

test("rows appended after deleted last rows leave a gap", async () => {
  const { check, sqlite, audit } = await withRows(9);
  sqlite.exec("DELETE FROM audit WHERE id > 6");
  await audit.append([entry("later")]);
  expect((await check()).faults).toMatchObject([
    { id: 7, kind: "missing", sentence: expect.stringContaining("7 to 9") },
  ]);
});

test("finds an altered and rehashed chain through the anchor", async () => {
  const { check, sqlite, anchored, audit } = await withRows(9);
  anchored();
  sqlite.exec("UPDATE audit SET actor = 'bert' WHERE id = 2");
  rehash(sqlite);
  expect(await checkAudit(audit)).toMatchObject({ ok: true });
  expect((await check()).faults).toEqual([
    {
      id: 9,
      kind: "unlike_anchor",
      sentence:
        "The audit's row 9 differs from the hash saved at 1970-01-01T00:00:00.000Z: this row or earlier rows were rewritten.",
    },
  ]);
});

test("finds two rows that changed places, and a chain that was computed anew from its first row", async () => {
  const { check, sqlite, anchored, audit } = await withRows(9);
  anchored();
  sqlite.exec("UPDATE audit SET id = -id WHERE id IN (4, 5); UPDATE audit SET id = 9 + id WHERE id IN (-4, -5)");
  expect((await checkAudit(audit)).faults.map(({ id, kind }) => [id, kind])).toEqual([
    [4, "altered"],
    [5, "altered"],
    [6, "altered"],
  ]);
  sqlite.exec("DELETE FROM audit WHERE id > 2; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'");
  for (let row = 3; row <= 9; row += 1) await audit.append([entry("forged")]);
  rehash(sqlite);
  expect(await checkAudit(audit)).toMatchObject({ ok: true, rows: 9 });
  expect((await check()).faults).toMatchObject([{ id: 9, kind: "unlike_anchor" }]);
});

test("does not find forged rows that are newer than the newest anchor, until the next one would have been saved", async () => {
  const { check, sqlite, anchored, audit } = await withRows(6);
  anchored();
  for (let row = 7; row <= 9; row += 1) await audit.append([entry("true")]);
  sqlite.exec("UPDATE audit SET actor = 'bert' WHERE id = 8; DELETE FROM audit WHERE id = 9");
  sqlite.exec("UPDATE sqlite_sequence SET seq = 8 WHERE name = 'audit'");
  rehash(sqlite);
  expect(await check()).toMatchObject({ ok: true, rows: 8 });
  // What an anchor has seen can no longer be changed in this way.
  anchored();
  sqlite.exec("UPDATE audit SET actor = 'anna' WHERE id = 8");
  rehash(sqlite);
  expect((await check()).faults).toMatchObject([{ id: 8, kind: "unlike_anchor" }]);
});

test("finds a restored older database, which a person can accept", async () => {
  const { check, anchored, audit, file, store, anchor } = await withRows(4);
  store.client.sqlite.prepare("VACUUM INTO ?").run(`${file}.old`);
  for (let row = 5; row <= 8; row += 1) await audit.append([entry("later")]);
  anchored();
  const old = openStore(`${file}.old`, { migrations: "drizzle" });
  onTestFinished(() => void old.client.sqlite.close());
  const again = () => checkAudit(old.audit, { anchors: readAnchors(anchor).anchors });
  expect((await again()).faults).toMatchObject([{ id: 5, kind: "missing" }]);
  const head = old.audit.head() as { id: number; hash: string };
  appendAnchor(anchor, { ...head, at: "2026-01-01T00:00:00.000Z", accepted: "anna" });
  expect(await again()).toMatchObject({ ok: true });
  expect((await check()).ok).toBe(true);
  old.client.sqlite.exec("DELETE FROM audit WHERE id = 4; UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'");
  expect((await again()).faults).toMatchObject([{ id: 4, kind: "missing" }]);
});

test("a check of the newest rows finds their faults and trusts the rest", async () => {
  const { audit, sqlite } = await withRows(20);
  sqlite.exec("UPDATE audit SET actor = 'bert' WHERE id = 3");
  expect(await checkAudit(audit, { newest: 10 })).toMatchObject({ ok: true, rows: 10 });
  sqlite.exec("UPDATE audit SET actor = 'bert' WHERE id = 15");
  expect((await checkAudit(audit, { newest: 10 })).faults).toMatchObject([{ id: 15 }]);
  expect(await checkAudit(audit, { newest: 100 })).toMatchObject({ rows: 20, faults: [{ id: 3 }, { id: 15 }] });
});

test("lists rows in pages, newest first, filtered by actor, action and tree", async () => {
  const { audit } = await withRows(5);
  await audit.append([
    { ...entry("six", "tree"), actor: "bert" },
    { ...entry("seven"), action: "pause" },
  ]);
  const first = audit.list({ limit: 3 });
  expect(first.items.map(({ id }) => id)).toEqual([7, 6, 5]);
  expect(audit.list({ limit: 10, after: first.next ?? "" }).items.map(({ id }) => id)).toEqual([4, 3, 2, 1]);
  expect(audit.list({ limit: 10, actor: "bert" }).items).toMatchObject([{ id: 6, tree: "tree" }]);
  expect(audit.list({ limit: 10, tree: "tree" }).items).toMatchObject([{ id: 6 }]);
  expect(audit.list({ limit: 10, action: "pause" })).toMatchObject({ items: [{ id: 7 }], next: null });
});

test("a row belongs to the transaction that appends it", async () => {
  const { store, sqlite, check } = await withRows(2);
  const writer = createAuditWriter(sqlite);
  const failing = store.log.write(({ nowMs }) => {
    writer.insert(entry("not to be"), nowMs);
    throw new Error("refused");
  });
  await expect(failing).rejects.toThrow("refused");
  await store.log.write(({ nowMs }) =>
    writer.insert({ ...entry("x".repeat(9_999)), detail: "y".repeat(9_999) }, nowMs),
  );
  expect(await check()).toMatchObject({ ok: true, rows: 3 });
  expect(store.audit.list({ limit: 1 }).items[0]).toMatchObject({
    id: 3,
    subject: "x".repeat(300),
    detail: "y".repeat(2_000),
  });
});

test("only its owner can read the anchor file; it only grows, and damage in it is reported", async () => {
  const { anchor, anchored, audit } = await withRows(1);
  anchored();
  anchored();
  expect(fs.statSync(anchor).mode & 0o777).toBe(0o600);
  await audit.append([entry("two")]);
  fs.appendFileSync(anchor, '{"id":3,"ha');
  anchored();
  const state = readAnchors(anchor);
  expect(state.anchors.map(({ id }) => id)).toEqual([1, 2]);
  expect(state.fault).toBe(`Line 2 of the audit's anchor ${anchor} is damaged.`);
  expect(readAnchors(path.join(folder(), "none"))).toMatchObject({ anchors: [], fault: null });
  fs.rmSync(anchor);
  fs.symlinkSync("/dev/null", anchor);
  expect(readAnchors(anchor).fault).toContain("cannot be read (ELOOP)");
  expect(anchored).toThrow("ELOOP");
});

test("another database has another anchor; the same database has the same anchor by any path", () => {
  const data = folder();
  const link = path.join(folder(), "link");
  fs.symlinkSync(data, link);
  const of = (file: string) => anchorFileOf("/config/keys.json", file);
  expect(of(path.join(data, "banyan.db"))).toBe(of(path.join(link, "banyan.db")));
  expect(of(path.join(data, "banyan.db"))).not.toBe(of(path.join(data, "other.db")));
});

test("saves the newest hash at intervals and at the end; a failure is reported once and breaks nothing else", async () => {
  const { anchor, audit, check } = await withRows(1);
  const told: string[] = [];
  const start = (file: string) => {
    const report = (message: string) => void told.push(message);
    const anchoring = startAnchoring({ file, head: audit.head, intervalMs: 1, now: () => 0, report });
    onTestFinished(() => anchoring.stop());
    return anchoring;
  };
  const anchoring = start(anchor);
  await expect.poll(() => readAnchors(anchor).anchors, { timeout: 120_000 }).toHaveLength(1);
  anchoring.stop();
  await audit.append([entry("two")]);
  const again = start(anchor);
  again.stop();
  expect(readAnchors(anchor).anchors.map(({ id }) => id)).toEqual([1, 2]);
  expect(await check()).toMatchObject({ ok: true });
  const blocked = path.join(folder(), "file");
  fs.writeFileSync(blocked, "");
  const failing = start(path.join(blocked, "anchor"));
  await expect.poll(() => told.length, { timeout: 120_000 }).toBe(1);
  failing.stop();
  expect(told).toEqual([expect.stringContaining("cannot be kept in")]);
});

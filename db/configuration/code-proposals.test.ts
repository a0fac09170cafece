/** What becomes of an approved change that another release overtakes, in a real database. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const folder = mkdtempSync(join(tmpdir(), "banyan-code-proposals-"));
const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
const { sqlite } = store.client;

beforeAll(() => insertSmallTree(store, { uid: "tree", instruction: "Change Banyan.", workspace: folder }));

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const bodyOf = (commit: string, more = {}) => ({ commit, base: "b", gates: { digest: "d", evidence: "e" }, ...more });

/** Inserts a proposal on which a person has decided. */
function decided(review: string, status: "approved" | "rejected" | "withdrawn"): void {
  sqlite
    .prepare(`
      INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, blast_radius, uncertainty, status, answer,
        decided_by, created_at_ms, decided_at_ms)
      SELECT ?, tree_id, id, 'proposal', '', '', 5, 4, ?, 'Good.', 'Ann', 0, 1000 FROM tasks`)
    .run(review, status);
  sqlite
    .prepare(`
      INSERT INTO proposals (review_id, kind, name, body, hash, status, proposed_by, created_at_ms)
      SELECT id, 'code', '', ?, 'h1', ?, '', 0 FROM reviews WHERE uid = ?`)
    .run(JSON.stringify(bodyOf("c1")), status, review);
}

const replacing = (review: string, before: string, hash: string, body: object, isOpen = false) =>
  store.proposals.replaceCode({ review, before, body, hash, isOpen, comment: `Now ${hash}.`, by: "Banyan" });
const approved = (review: string) => store.proposals.approvedCode().filter((code) => code.review === review);
const said = (review: string) => store.comments.of(review).map(({ text, by }) => [text, by]);

test("an approved body is replaced once, with its comment, and keeps its approval; opened again it has none", async () => {
  decided("one", "approved");
  expect(approved("one")).toMatchObject([{ commit: "c1", decidedBy: "Ann", carriedFrom: null, notCarried: null }]);
  const carried = bodyOf("c2", { carried: { from: "c1", approved_by: "Ann" } });
  expect(await replacing("one", "h1", "h2", carried)).toBe(true);
  // Two servers, or one after a kill.
  expect(await replacing("one", "h1", "h3", bodyOf("c3"))).toBe(false);
  expect(approved("one")).toMatchObject([{ commit: "c2", decidedBy: "Ann", carriedFrom: "c1", notCarried: null }]);
  expect(said("one")).toEqual([["Now h2.", "Banyan"]]);
  expect(await replacing("one", "h2", "h4", { ...carried, not_carried: "It conflicts." })).toBe(true);
  expect(approved("one")).toMatchObject([{ commit: "c2", notCarried: "It conflicts." }]);
  expect(await replacing("one", "h4", "h5", bodyOf("c2"), true)).toBe(true);
  expect(approved("one")).toEqual([]);
  expect(store.proposals.openCode().map(({ review, hash }) => [review, hash])).toEqual([["one", "h5"]]);
  const review = sqlite
    .prepare("SELECT status, answer, decided_by, decided_at_ms FROM reviews WHERE uid = 'one'")
    .get();
  expect(review).toEqual({ status: "open", answer: null, decided_by: null, decided_at_ms: null });
  const letter = { kind: "answer", review: "one", text: "{}", by: "Mia" } as const;
  const approval = { review: "one", by: "Mia", reason: "", letter };
  expect(await store.proposals.approveCode({ ...approval, hash: "h4" })).toBe(false);
  expect(await store.proposals.approveCode({ ...approval, hash: "h5" })).toBe(true);
  expect(approved("one")).toMatchObject([{ commit: "c2", decidedBy: "Mia", carriedFrom: null }]);
});

test("what was rejected or withdrawn meanwhile is not replaced, and nothing is said of it", async () => {
  for (const status of ["rejected", "withdrawn"] as const) {
    decided(status, status);
    for (const isOpen of [true, false]) expect(await replacing(status, "h1", "h2", bodyOf("c2"), isOpen)).toBe(false);
    expect(store.proposals.of(status)).toMatchObject({ status, hash: "h1" });
    expect(said(status)).toEqual([]);
  }
});

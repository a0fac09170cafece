import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { AgentsRelease, ReleasesStatus } from "@/core/shapes/improving/self";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const folder = mkdtempSync(join(tmpdir(), "banyan-released-"));
const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const release = (item: string, state: AgentsRelease["state"]): AgentsRelease => ({
  n: 2,
  state,
  commit: null,
  item,
  made_at: "2026-01-01T00:00:00.000Z",
  why: null,
  waits: null,
  trial_since: null,
  numbers: null,
  needs_confirmation: false,
});
const status = (...releases: AgentsRelease[]): ReleasesStatus => ({
  halted: null,
  notice: null,
  persons_at: null,
  releases,
});

test("of approved changes only those count that became permanent, also when the launcher has forgotten them", async () => {
  await insertSmallTree(store, { uid: "tree", instruction: "Change Banyan.", workspace: folder });
  const { sqlite } = store.client;
  const states = ["permanent", "retired", "bad", "dropped", "trial", "approved"] as const;
  for (const [at, name] of [...states, "new"].entries()) {
    sqlite
      .prepare(`
        INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, blast_radius, uncertainty, status, created_at_ms,
          decided_at_ms)
        SELECT ?, tree_id, id, 'proposal', '', '', 5, 4, 'approved', 0, 1000 FROM tasks`)
      .run(name);
    sqlite
      .prepare(`
        INSERT INTO proposals (review_id, kind, name, body, hash, status, proposed_by, created_at_ms)
        SELECT id, 'code', '', ?, '', 'approved', '', 0 FROM reviews WHERE uid = ?`)
      .run(JSON.stringify({ files: [{ additions: 10 ** at, deletions: 0 }] }), name);
  }
  const { selfReleases, proposals } = store;
  const counted = () => proposals.othersApproved("new", 0, selfReleases.released());
  expect(counted()).toEqual({ changes: 0, lines: 0 });
  await selfReleases.tell(status(...states.map((state) => release(state, state))));
  expect(counted()).toEqual({ changes: 2, lines: 11 });
  // The trial has become permanent, and older ones are no longer told.
  await selfReleases.tell(status(release("trial", "permanent")));
  expect(counted()).toEqual({ changes: 3, lines: 10_011 });
  await selfReleases.tell(null);
  expect(counted()).toEqual({ changes: 3, lines: 10_011 });
  expect(proposals.othersApproved("new", 1_001, selfReleases.released()).changes).toBe(0);
  expect(proposals.othersApproved("permanent", 0, selfReleases.released()).lines).toBe(10_010);
  // Without a launcher nobody knows what people took.
  expect(proposals.othersApproved("new", 0, null)).toEqual({ changes: 6, lines: 111_111 });
});

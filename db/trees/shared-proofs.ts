/** Stores proofs that people share by link, until their links end. */
import type { FrozenProof, Proof, SharedProof } from "@/core/shapes/proof";
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";

interface NewSharedProof {
  uid: string;
  treeUid: string;
  taskUid: string | null;
  linkHash: string;
  body: string;
  bodyHash: string;
  by: string;
  expiresAtMs: number;
}

export interface SharedProofs {
  /** Resolves with false, and stores nothing, when the tree has `mostOpen` links that have not ended. */
  add(proof: NewSharedProof, mostOpen: number): Promise<boolean>;
  /** Ends a link and forgets what it shared. Resolves with false when it has ended already. */
  end(uid: string, by: string): Promise<boolean>;
  /** Returns null when no link with this hash is open. */
  open(linkHash: string, nowMs: number): FrozenProof | null;
  /** Returns the links of a tree, newest first, also those that have ended. */
  ofTree(treeUid: string, nowMs: number): SharedProof[];
  /** Returns up to two ids of links that begin so. */
  like(prefix: string): string[];
}

interface Row {
  uid: string;
  treeUid: string;
  task: string | null;
  body: string;
  bodyHash: string;
  createdBy: string;
  createdAtMs: number;
  expiresAtMs: number;
  endedBy: string | null;
  endedAtMs: number | null;
}

export function createSharedProofs(sqlite: Sqlite, log: Writes): SharedProofs {
  const columns = `proof.uid, tree.uid AS treeUid, proof.task, proof.body_hash AS bodyHash, proof.created_by AS createdBy,
    proof.created_at_ms AS createdAtMs, proof.expires_at_ms AS expiresAtMs, proof.ended_by AS endedBy,
    proof.ended_at_ms AS endedAtMs FROM shared_proofs proof JOIN trees tree ON tree.id = proof.tree_id`;
  const isOpen = "proof.ended_at_ms IS NULL AND proof.expires_at_ms > @now";
  const byLink = sqlite.prepare(`SELECT proof.body, ${columns} WHERE proof.link_hash = @hash AND ${isOpen}`);
  const all = sqlite.prepare(`SELECT '' AS body, ${columns} WHERE tree.uid = @tree ORDER BY proof.id DESC`);
  const counted = sqlite
    .prepare(`
    SELECT count(*) FROM shared_proofs proof
    WHERE proof.tree_id = (SELECT id FROM trees WHERE uid = @tree) AND ${isOpen}`)
    .pluck();
  const insert = sqlite.prepare(`
    INSERT INTO shared_proofs (uid, tree_id, task, link_hash, body, body_hash, created_by, created_at_ms, expires_at_ms)
    SELECT @uid, id, @taskUid, @linkHash, @body, @bodyHash, @by, @now, @expiresAtMs FROM trees WHERE uid = @treeUid`);
  const end = sqlite.prepare(`
    UPDATE shared_proofs AS proof SET ended_at_ms = @now, ended_by = @by, body = '' WHERE uid = @uid AND ${isOpen}`);
  const forget = sqlite.prepare("UPDATE shared_proofs SET body = '' WHERE expires_at_ms <= @now AND body <> ''");
  const like = sqlite
    .prepare("SELECT uid FROM shared_proofs WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2")
    .pluck();
  return {
    add: (proof, mostOpen) =>
      log.write(({ nowMs: now }) => {
        forget.run({ now });
        if ((counted.get({ tree: proof.treeUid, now }) as number) >= mostOpen) return false;
        return insert.run({ ...proof, now }).changes === 1;
      }),
    end: (uid, by) => log.write(({ nowMs: now }) => end.run({ uid, by, now }).changes === 1),
    open(hash, now) {
      const row = byLink.get({ hash, now }) as Row | undefined;
      return row ? { proof: JSON.parse(row.body) as Proof, shared: sharedShape(row, now) } : null;
    },
    ofTree: (tree, now) => (all.all({ tree }) as Row[]).map((row) => sharedShape(row, now)),
    like: (prefix) => like.all({ prefix }) as string[],
  };
}

function sharedShape(row: Row, nowMs: number): SharedProof {
  const { uid, treeUid, task, bodyHash, createdBy, createdAtMs, expiresAtMs, endedBy, endedAtMs } = row;
  return {
    id: uid,
    tree_id: treeUid,
    task_id: task,
    sha256: bodyHash,
    shared_by: withoutDisguise(createdBy),
    shared_at: iso(createdAtMs),
    expires_at: iso(expiresAtMs),
    ended_by: endedBy === null ? null : withoutDisguise(endedBy),
    ended_at: endedAtMs === null ? null : iso(endedAtMs),
    is_open: endedAtMs === null && expiresAtMs > nowMs,
  };
}

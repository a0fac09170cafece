/** Writes the copy of a tree, in the transaction of whoever calls: tree, tasks, messages, attempts, reviews, letters. */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Entry } from "@/agents/core/entries";
import { rowOf } from "@/agents/core/row";
import { type Blob, createBlobWriter, LARGE_BYTES } from "./bodies";
import type { Sqlite } from "./client";
import { derivedAttempts, type Ending } from "./derive";
import type { CopiedMessage, NewFork } from "./fork-records";
import type { WriteContext } from "./log";
import { createMail } from "./mail";
import { KINDS, type MessageRow } from "./rows";

const EVENT_KIND = KINDS.indexOf("event");

export function createForkWriter(sqlite: Sqlite) {
  const mail = createMail(sqlite);
  const original = sqlite.prepare("SELECT 1 FROM trees WHERE id = ? AND uid = ?");
  const insertTree = sqlite
    .prepare(`
    INSERT INTO trees (uid, title, workspace, in_place, priority, created_by, forked_from, fork_seq, pending_snapshot, snapshot,
      created_at_ms, is_tainted)
    VALUES (@uid, @title, @workspace, 0, @priority, @by, @from, @seq, @snapshot, @snapshot, @now,
      (SELECT is_tainted FROM trees WHERE uid = @from)) RETURNING id`)
    .pluck();
  const insertTask = sqlite
    .prepare(`
    INSERT INTO tasks (uid, tree_id, parent_id, role, purpose, agent, model, title, depth, priority, status, attempt, length,
      turns, headline, tokens_in, tokens_out, micro_usd, lease, grant_tokens, grant_micro_usd, grant_tasks, grant_depth,
      grant_seconds, given_tokens, given_micro_usd, given_tasks, active_ms, reason, detail, created_at_ms, started_at_ms,
      ended_at_ms, result_seq, origin_id)
    VALUES (@uid, @tree, @parent, @role, @purpose, @agent, @model, @title, @depth, @priority, @status, @attempt, @length,
      @turns, @headline, @tokensIn, @tokensOut, @microUsd, @lease, @capTokens, @capMicroUsd, @capTasks, @capDepth,
      @capSeconds, @givenTokens, @givenMicroUsd, @givenTasks, @activeMs, @reason, @detail, @createdAtMs, @startedAtMs,
      NULL, NULL, @origin) RETURNING id`)
    .pluck();
  const insertMessage = sqlite.prepare(`
    INSERT INTO messages (tree_id, task_id, turn, kind, tool, call_id, body, blob_id, created_at_ms, origin_seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const useBlob = sqlite.prepare("UPDATE blobs SET uses = uses + 1 WHERE id = ?");
  const keepBlob = createBlobWriter(sqlite);
  const useOutputs = sqlite.prepare(`
    UPDATE blobs SET uses = uses + (SELECT count(*) FROM outputs WHERE blob_id = blobs.id AND task_id = @origin AND turn <= @turn)
    WHERE id IN (SELECT blob_id FROM outputs WHERE task_id = @origin AND turn <= @turn)`);
  const copyOutputs = sqlite.prepare(`
    INSERT INTO outputs (tree_id, task_id, call_id, turn, chars, blob_id)
    SELECT @tree, @id, call_id, turn, chars, blob_id FROM outputs WHERE task_id = @origin AND turn <= @turn`);
  const insertFolder = sqlite.prepare(`
    INSERT INTO folders (tree_id, task_uid, copied_from, base, snapshot, is_tainted)
    VALUES (@tree, @task, @from, @base, @snapshot, coalesce((SELECT is_tainted FROM folders WHERE task_uid = @sourceTask), 0))`);
  const endTask = sqlite.prepare("UPDATE tasks SET ended_at_ms = @atMs, result_seq = @seq WHERE id = @id");
  const insertAttempt = sqlite.prepare(`
    INSERT INTO attempts (task_id, attempt, tree_id, status, reason, result_seq, ended_at_ms)
    VALUES (@id, @attempt, @tree, @status, @reason, @resultSeq, @endedAtMs)`);
  const insertDependency = sqlite.prepare("INSERT INTO dependencies (task_id, on_id, tree_id) VALUES (?, ?, ?)");
  const copyReview = sqlite.prepare(`
    INSERT INTO reviews (uid, tree_id, task_id, addressee_id, kind, title, detail, evidence, blast_radius, uncertainty,
      if_ignored, subject, level, why, seq, status, answer, created_at_ms, decided_by, decided_at_ms)
    SELECT @uid, @tree, @task, @addressee, kind, title, detail, evidence, blast_radius, uncertainty, if_ignored, subject, level, why, NULL,
      CASE WHEN @isOpen THEN 'open' ELSE status END, CASE WHEN @isOpen THEN NULL ELSE answer END, created_at_ms,
      CASE WHEN @isOpen THEN NULL ELSE decided_by END, CASE WHEN @isOpen THEN NULL ELSE decided_at_ms END
    FROM reviews WHERE uid = @source`);
  const copyProposal = sqlite.prepare(`
    INSERT INTO proposals (review_id, kind, name, base_version, body, hash, why, status, proposed_by, created_at_ms)
    SELECT (SELECT id FROM reviews WHERE uid = @uid), kind, name, base_version, body, hash, why,
      CASE WHEN @isOpen THEN 'open' ELSE status END, proposed_by, created_at_ms
    FROM proposals WHERE review_id = (SELECT id FROM reviews WHERE uid = @source)`);
  const total = sqlite.prepare(`
    UPDATE trees SET root_id = @root, cap_tokens = root.grant_tokens, cap_micro_usd = root.grant_micro_usd,
      cap_tasks = root.grant_tasks, cap_depth = root.grant_depth, cap_seconds = root.grant_seconds,
      tokens_in = sums.tokensIn, tokens_out = sums.tokensOut, micro_usd = sums.microUsd, copied_tokens = sums.tokensIn + sums.tokensOut,
      copied_micro_usd = sums.microUsd, tasks_total = sums.tasks, tasks_ended = sums.ended, work_total = sums.work
    FROM (SELECT * FROM tasks WHERE id = @root) root, (
      SELECT sum(tokens_in) AS tokensIn, sum(tokens_out) AS tokensOut, sum(micro_usd) AS microUsd, count(*) AS tasks,
        count(ended_at_ms) AS ended, sum(role = 'work') AS work FROM tasks WHERE tree_id = @tree) sums
    WHERE trees.id = @tree`);

  /** A body that was changed, and is large, becomes a blob of its own. */
  function blobOf(body: string): Blob | null {
    if (body.length <= LARGE_BYTES) return null;
    const bytes = Buffer.from(body);
    return { hash: createHash("sha256").update(bytes).digest(), sizeBytes: bytes.length, data: deflateRawSync(bytes) };
  }

  function insertCopy(treeId: number, taskId: number, message: CopiedMessage): number {
    const { row, origin, atMs } = message;
    let { blobId } = message;
    const own = blobId === null ? blobOf(row.body) : null;
    if (blobId !== null) useBlob.run(blobId);
    if (own) blobId = keepBlob(own);
    const body = blobId === null ? row.body : null;
    const info = insertMessage.run(
      treeId,
      taskId,
      row.turn,
      row.kind,
      row.tool,
      row.callId,
      body,
      blobId,
      atMs,
      origin,
    );
    return Number(info.lastInsertRowid);
  }

  function insertTasks(fork: NewFork, treeId: number): Map<string, number> {
    const keys = new Map<string, number>();
    for (const task of fork.tasks) {
      const { source, state, grant } = task;
      const { assignment, ended } = state;
      const { cap, given } = grant;
      const id = insertTask.get({
        ...rowOf(state),
        uid: task.uid,
        tree: treeId,
        parent: task.parentUid ? (keys.get(task.parentUid) ?? null) : null,
        role: assignment.role,
        purpose: assignment.purpose,
        title: assignment.title,
        depth: assignment.depth,
        priority: source.priority,
        // Whoever has not ended finds out with its first claim what it waits for.
        status: ended?.status ?? "ready",
        length: state.length,
        lease: source.lease,
        capTokens: cap.tokens,
        capMicroUsd: cap.microUsd,
        capTasks: cap.tasks,
        capDepth: cap.depth,
        capSeconds: cap.seconds,
        givenTokens: given.tokens,
        givenMicroUsd: given.microUsd,
        givenTasks: given.tasks,
        activeMs: Math.min(
          source.activeMs,
          Math.max(0, fork.source.cutAtMs - (source.startedAtMs ?? fork.source.cutAtMs)),
        ),
        reason: ended?.reason ?? null,
        detail: ended?.detail ?? null,
        createdAtMs: source.createdAtMs,
        // Whoever goes on begins with its next claim: the time before was the original's.
        startedAtMs: ended ? source.startedAtMs : null,
        origin: source.id,
      }) as number;
      keys.set(task.uid, id);
    }
    return keys;
  }

  return {
    /** False when the original was deleted since it was read: its blobs are gone, and their keys may be another tree's by now. */
    insert(fork: NewFork, context: WriteContext): boolean {
      const { uid, title, by, from, workspace, snapshot, source } = fork;
      if (!original.get(source.id, from.uid)) return false;
      const treeId = insertTree.get({
        ...{ uid, title, by, workspace, snapshot, priority: source.priority, now: context.nowMs },
        from: from.uid,
        seq: from.seq,
      }) as number;
      const keys = insertTasks(fork, treeId);
      let rootId: number | null = null;
      const endings = new Map<string, Ending[]>();
      for (const message of fork.messages) {
        const seq = insertCopy(treeId, keys.get(message.taskUid) as number, message);
        const entry = endedIn(message.row);
        if (!entry) continue;
        const list = endings.get(message.taskUid) ?? [];
        list.push({ seq, atMs: message.atMs, ...entry });
        endings.set(message.taskUid, list);
      }
      for (const { uid: task, state, source: old } of fork.tasks) {
        const id = keys.get(task) as number;
        const list = endings.get(task) ?? [];
        const last = list.at(-1);
        const upTo = { origin: old.id, turn: state.turn };
        useOutputs.run(upTo);
        copyOutputs.run({ ...upTo, tree: treeId, id });
        if (state.ended && last) endTask.run({ id, atMs: last.atMs, seq: last.seq });
        const folded = { id, uid: task, role: state.assignment.role, state, endings: list };
        for (const attempt of derivedAttempts(folded)) insertAttempt.run({ id, tree: treeId, ...attempt });
        for (const before of state.assignment.dependsOn) insertDependency.run(id, keys.get(before) as number, treeId);
        if (old.id === source.rootId) rootId = id;
      }
      for (const folder of fork.folders) insertFolder.run({ tree: treeId, ...folder });
      total.run({ root: rootId, tree: treeId });
      for (const { sourceUid, taskUid, addressee, isOpen, uid: review } of fork.reviews) {
        copyReview.run({
          ...{ uid: review, tree: treeId, task: keys.get(taskUid), source: sourceUid, isOpen: isOpen ? 1 : 0 },
          addressee: addressee ? (keys.get(addressee) ?? null) : null,
        });
        copyProposal.run({ uid: review, source: sourceUid, isOpen: isOpen ? 1 : 0 });
      }
      for (const { to, body } of fork.letters) mail.send(to, body, context.nowMs);
      context.touch({ id: treeId, uid }, fork.tasks[0]?.uid ?? null);
      return true;
    },
  };
}

/** What an `ended` event says, without decoding every other message once more. */
function endedIn(row: MessageRow): Pick<Ending, "status" | "reason"> | null {
  if (row.kind !== EVENT_KIND || !row.body.startsWith('{"type":"ended"')) return null;
  const { status, reason } = JSON.parse(row.body) as Extract<Entry, { kind: "event" }>["content"] & Ending;
  return { status, reason };
}

/** Checks decisions: reviews against logs, and rules against their decisions. */
import { fold } from "@/core/evolve";
import type { Entry } from "@/core/log/entries";
import type { Store } from "@/db/store";
import type { Stage } from "./people";
import type { Tally } from "./tally";
import { runKey } from "./tools";

interface OpenReview {
  uid: string;
  kind: "question" | "approval";
  task: number;
  length: number;
}

/** Holds between any two transactions: each waiting task has an open item, and each open item has a waiting task. */
export function decisionChecks(store: Store, tally: Tally): void {
  const { sqlite } = store.client;
  const stuck = sqlite
    .prepare(`
    SELECT uid FROM tasks WHERE status = 'waiting' AND wait_kind IN ('approval', 'answer')
      AND NOT EXISTS (SELECT 1 FROM reviews WHERE task_id = tasks.id AND status = 'open')`)
    .pluck()
    .all();
  if (stuck.length > 0) tally.broken(`A task waits for a decision that nobody can make: ${stuck.join(", ")}`);
  const open = sqlite
    .prepare(`
    SELECT reviews.uid, kind, tasks.id AS task, length FROM reviews JOIN tasks ON tasks.id = task_id
    WHERE reviews.status = 'open' AND kind IN ('question', 'approval')`)
    .all() as OpenReview[];
  for (const { uid, kind, task, length } of open) {
    const state = fold(store.loader.entries(task, length));
    const call = [...state.open.values()].find((call) => call.review === uid);
    const isWaitedFor = kind === "approval" ? call?.approval === "needed" : call || state.unanswered.has(uid);
    if (!isWaitedFor) tally.broken(`The ${kind} ${uid} is open, and nobody waits for it.`);
    if (kind === "approval" && call) tally.hit("an approval is open");
  }
}

/** Checks when everything has ended. */
export function finalDecisionChecks({ web, tally, runs }: Stage): void {
  const { sqlite } = web.store.client;
  const review = sqlite.prepare("SELECT status, decided_by AS decidedBy FROM reviews WHERE uid = ?");
  const tasks = sqlite.prepare("SELECT id, uid, length, origin_id IS NOT NULL AS isCopy FROM tasks").all() as {
    id: number;
    uid: string;
    length: number;
    isCopy: number;
  }[];
  for (const { id, uid: task, length, isCopy } of tasks) {
    const inputs = new Map<number, { calls: number; unrun: number }>();
    const entries = web.store.loader.entries(id, length);
    for (const entry of entries) {
      if (entry.kind !== "event" || entry.content.type !== "approval_decided") continue;
      const { review: uid, approved, by } = entry.content;
      const row = review.get(uid) as { status: string; decidedBy: string } | undefined;
      // Decisions from before the cut stay with the original tree.
      if (!row && isCopy) continue;
      if (row?.status !== (approved ? "approved" : "rejected") || row.decidedBy !== by)
        tally.broken(`The log says ${JSON.stringify(entry.content)}, and its review ${JSON.stringify(row)}.`);
      tally.hit(`an approval is ${approved ? "given" : "refused"} ${/^rule/.test(by) ? "by a rule" : "by a person"}`);
    }
    countUnrun(entries, inputs, tally);
    for (const [n, { calls, unrun }] of inputs) {
      const ran = runs.get(runKey(task, n)) ?? 0;
      if (calls === unrun && ran > 0)
        tally.broken(`The call of ${task} with the input ${n} was not to run, and ran ${ran} times.`);
    }
  }
  checkRules(web.store, tally);
}

/** Returns calls that were rejected, cancelled, or not approved in time. */
function countUnrun(entries: Entry[], inputs: Map<number, { calls: number; unrun: number }>, tally: Tally): void {
  const inputOf = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === "tool_call" && entry.content.ask) {
      const { n } = entry.content.input as { n: number };
      inputOf.set(entry.callId, n);
      const known = inputs.get(n) ?? { calls: 0, unrun: 0 };
      inputs.set(n, { ...known, calls: known.calls + 1 });
    }
    if (/"by":"the time-out"|^Nobody answered your question in time/.test(textOf(entry)))
      tally.hit("a question is answered by its time-out");
    if (entry.kind !== "tool_response" || !entry.content.text.startsWith("Not run:")) continue;
    const n = inputOf.get(entry.callId);
    const why = /^Not run: (while|nobody|\w+ did not allow)/.exec(entry.content.text)?.[1] ?? "";
    tally.hit(`a call is not run: ${why.replace(/^\w+ did/, "somebody did")}`);
    const known = n === undefined ? undefined : inputs.get(n);
    if (known) known.unrun += 1;
  }
}

function textOf(entry: Entry): string {
  if (entry.kind === "tool_response") return entry.content.text;
  return entry.kind === "event" && entry.content.type === "answered" ? entry.content.text : "";
}

/** A rule decides matching calls while it applies. When the simulation's clock jumps, its times cannot be checked. */
function checkRules(store: Store, tally: Tally): void {
  const found = store.client.sqlite
    .prepare(`
    SELECT reviews.uid FROM reviews JOIN approval_rules rule ON rule.id = rule_id
    WHERE decided_at_ms > coalesce(revoked_at_ms, decided_at_ms) OR decided_at_ms >= expires_at_ms
      OR reviews.subject NOT LIKE rule.tool || ' %' OR (rule.subject IS NOT NULL AND reviews.subject <> rule.tool || ' ' || rule.subject)`)
    .pluck()
    .all();
  if (found.length > 0 && !tally.features.has("accident clock jump"))
    tally.broken(`A rule decided what it was not made for: ${found.join(", ")}`);
}

/** Marks a task as failed when the runtime cannot continue it: its log is unreadable, or the runtime has a fault. */
import { fold } from "@/core/evolve";
import type { Entry } from "@/core/log/entries";
import { response } from "@/core/notes";
import { rowOf } from "@/core/row";
import type { LeasedTask } from "@/db/records/records";
import type { Store } from "@/db/store";

/**
 * Writes one record under the claim's lease, or nothing when the lease is lost. Throws BrokenLogError when the reason
 * is `internal` and the log cannot be folded.
 */
export async function failTask(
  store: Pick<Store, "loader" | "log">,
  claim: LeasedTask,
  reason: "broken_log" | "internal",
  message: string,
): Promise<void> {
  const detail = message.slice(0, 2_000);
  const ended = (turn: number): Entry => {
    const content = {
      type: "ended",
      status: "failed",
      reason,
      detail,
      result: null,
      summary: `Failed: ${detail}`,
      verdict: null,
    } as const;
    return { kind: "event", turn, content };
  };
  const length = store.loader.lengthOf(claim.id);
  const entries: Entry[] = [];
  let row = store.loader.rowOf(claim.id);
  if (reason === "internal") {
    const state = fold(store.loader.entries(claim.id, length));
    row = rowOf(state);
    for (const call of state.open.values())
      entries.push(response(state, call, "The task failed before this call was answered.", true));
    entries.push(ended(state.turn));
  } else {
    entries.push(ended(row.turns));
  }
  const mail = store.loader.unendedSubtasks(claim.id).map((to) => {
    return {
      to,
      body: {
        kind: "stop",
        status: "stopped",
        reason: "parent_ended",
        detail: "Its parent task has failed.",
      } as const,
    };
  });
  await store.log.append({
    task: claim,
    lease: claim.lease,
    length,
    entries,
    row,
    spend: { tokensIn: 0, tokensOut: 0, microUsd: 0 },
    mail,
    leaseEnd: { status: "failed", reason, detail },
  });
}

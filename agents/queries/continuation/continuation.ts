/** Says how an ended task can continue with a person's words. */
import { isEnded } from "@/core/log/terms";
import type { Continuation } from "@/core/shapes/continuation";
import { REASON_WORDS } from "@/core/words/reasons";
import { lackingOf, lackingText } from "@/core/words/remedies";
import type { FoundTask } from "@/db/records/found-task";
import type { Store } from "@/db/store";

export interface ContinuationSources {
  store: Pick<Store, "queries" | "trees" | "archivedTrees">;
  providers: { defaultModel(): string };
  now(): number;
}

export function continuationOf(sources: ContinuationSources, task: FoundTask): Continuation {
  const { store, providers, now } = sources;
  if (!isEnded(task.status)) return { by: "message", may_retry: false, needs: null, why: null };
  if (store.archivedTrees.hashOf(task.treeUid) !== null)
    return over("Its tree was read from an archive: submit the task as a new tree.");
  const row = store.queries.trees.getTask(task.uid, now());
  if (row.role === "finishing") return over("It only checked another task: continue the task that it checked.");
  if (row.reason === "broken_log") return over(REASON_WORDS.broken_log.remedy);
  const refusal = store.trees.refusalOfRetry(task);
  const may_retry = refusal === null;
  if (row.model === "runbook" && providers.defaultModel() === "runbook") {
    const why = "A runbook follows fixed steps and reads no messages: connect a language model to continue it.";
    return { by: null, may_retry, needs: null, why };
  }
  if (refusal === "not_ended") return { by: "message", may_retry, needs: null, why: null };
  if (refusal === "read") return inFork("The task above it has read its result, so a fork continues it.");
  if (refusal === "parent_ended") return inFork("The task above it has ended, so a fork continues it.");
  if (refusal !== null)
    return inFork(`The tree “${refusal.lockedBy}” works in its folder now, so a fork continues it.`);
  const needs = lackingOf(row);
  return { by: "retry", may_retry, needs, why: needs && lackingText(row, needs) };
}

const over = (why: string): Continuation => ({ by: null, may_retry: false, needs: null, why });
const inFork = (why: string): Continuation => ({ by: "fork", may_retry: false, needs: null, why });

/** How an ended task can go on by a person's words. */

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

export function continuationOf({ store, providers, now }: ContinuationSources, task: FoundTask): Continuation {
  const nothing = { needs: null, why: null };
  if (!isEnded(task.status)) return { by: "message", ...nothing };
  if (store.archivedTrees.hashOf(task.treeUid) !== null)
    return { by: null, needs: null, why: "Its tree was read from an archive: submit the task as a new tree." };
  const row = store.queries.trees.getTask(task.uid, now());
  if (row.role === "finishing")
    return { by: null, needs: null, why: "It only checked another task: continue the task that it checked." };
  if (row.reason === "broken_log")
    return { by: null, needs: null, why: `${REASON_WORDS.broken_log.says} ${REASON_WORDS.broken_log.remedy}` };
  if (row.model === "runbook" && providers.defaultModel() === "runbook")
    return {
      by: null,
      needs: null,
      why: "A runbook follows fixed steps and reads no messages: connect a language model to continue it.",
    };
  const refusal = store.trees.refusalOfRetry(task);
  if (refusal === "not_ended") return { by: "message", ...nothing };
  if (refusal === "read")
    return { by: "fork", needs: null, why: "The task above it has read its result, so a fork continues it." };
  if (refusal !== null)
    return {
      by: "fork",
      needs: null,
      why: `The tree “${refusal.lockedBy}” works in its folder now, so a fork continues it.`,
    };
  const needs = lackingOf(row);
  return { by: "retry", needs, why: needs && lackingText(row, needs) };
}

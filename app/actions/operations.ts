"use server";

/** Actions of the Operations pages. */
import { type ActionResult, act, sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";
import type { LimitsChange } from "@/core/log/limits";
import type { OldTrees } from "@/core/shapes/operations";
import { plural } from "@/core/words/figures";
import { forEach, parkedTasks } from "./for-each";
import { limitsChange, text } from "./values";

/** Trees deleted per request. The page shows its progress between two requests. */
const MAX_PER_REQUEST = 20;

/** Sets limits and the emergency stop. The command checks the values. */
export async function setLimits(change: LimitsChange): Promise<ActionResult> {
  return act(({ commands }) => commands.setLimits(limitsChange(change)));
}

/** Resumes every task that is parked by the provider. */
export async function resumeProvider(name: string): Promise<ActionResult> {
  return act(async ({ check, queries, commands }) => {
    await check("resume");
    const { done, first, problem } = await forEach(parkedTasks(queries, text(name)), (id) => commands.resume({ id }));
    if (done === 0 && first) throw first;
    return { sentence: `Resumed ${plural(done, "task")}.${problem}` };
  });
}

/** Changes the model of every task that is parked by the provider. */
export async function switchProvider(name: string, model: string): Promise<ActionResult> {
  return act(async ({ check, queries, commands }) => {
    await check("change");
    const wanted = text(model).trim();
    const change = (id: string) => commands.change({ id, model: wanted });
    const { done, first, problem } = await forEach(parkedTasks(queries, text(name)), change);
    if (done === 0 && first) throw first;
    return { sentence: `Switched ${plural(done, "task")} to ${wanted}.${problem}` };
  });
}

export async function readOldTrees(days: number): Promise<{ found: OldTrees } | { sentence: string }> {
  const { queries } = await enter();
  try {
    return { found: await queries.findOldTrees({ days: Number(days) }) };
  } catch (error) {
    return { sentence: sentenceOfFailure(error) };
  }
}

/**
 * Deletes trees that are still as they were listed. Returns how many were deleted, and the sentence of the first failure.
 */
export async function deleteTrees(
  trees: Pick<OldTrees["items"][number], "id" | "ended_at">[],
): Promise<{ deleted: number; problem: string | null }> {
  const { commands } = await enter();
  const given = Array.isArray(trees) ? trees.slice(0, MAX_PER_REQUEST) : [];
  const { done, first } = await forEach(given, (tree) =>
    commands.deleteOldTree({ id: text(tree?.id), ended_at: text(tree?.ended_at) }),
  );
  return { deleted: done, problem: first === null ? null : sentenceOfFailure(first) };
}

/** Starts a backup and returns at once. The list of backups shows its progress and its outcome. */
export async function startBackup(): Promise<ActionResult> {
  return act(async ({ check, commands }) => {
    await check("createBackup");
    commands.createBackup().catch((error: unknown) => void sentenceOfFailure(error));
    return { sentence: "Backup started." };
  });
}

/** Starts a copy to the bucket with its test restore, and returns at once. The page shows the outcome. */
export async function startCopy(): Promise<ActionResult> {
  return act(async ({ check, commands }) => {
    await check("copyBackup");
    commands.copyBackup({}).catch((error: unknown) => void sentenceOfFailure(error));
    return { sentence: "Copy started." };
  });
}

export interface Verified {
  ok: boolean;
  sentence: string;
  faults: string[];
}

/** Verifies the whole audit log against the copy of its head that is kept outside of the database. */
export async function verifyAudit(): Promise<Verified> {
  const { queries } = await enter();
  try {
    const { ok, rows, head, faults, anchor } = await queries.verifyAudit();
    const upTo = head ? `, up to row ${head.id}` : "";
    const sentence = ok
      ? `The audit log is intact: ${plural(rows, "row")} read${upTo}, and compared with ${anchor}.`
      : `Audit verification failed: ${plural(faults.length, "fault")} in ${plural(rows, "row")}, compared with ${anchor}.`;
    return { ok, sentence, faults: faults.map((fault) => fault.sentence) };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error), faults: [] };
  }
}

"use server";

import { type ActionResult, act, sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";
/** What a person does on the pages of Operations. */
import type { OldTrees } from "@/core/shapes/operations";
import { plural } from "@/core/words/figures";
import { text } from "./values";

/** Deleted in one request: the page says how far it has come between two of them. */
const MOST_AT_ONCE = 20;

export async function pauseEverything(reason: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.pauseEverything(text(reason), actor));
}

export async function resumeEverything(): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.resumeEverything(actor));
}

/** Every task that the provider told to come back later tries at once. */
export async function resumeProvider(name: string): Promise<ActionResult> {
  return act(async ({ queries, actor, commands }) => {
    const { parked_tasks: parked } = (await queries.listProviders()).find((one) => one.name === text(name)) ?? {};
    const said = await forEach(parked ?? [], ({ id }) => commands.resume(id, actor));
    return { sentence: `${plural(said.done, "task")} ${said.done === 1 ? "tries" : "try"} now.${said.problem}` };
  });
}

/** The tasks that wait for a provider go on with another model. */
export async function switchProvider(name: string, model: string): Promise<ActionResult> {
  return act(async ({ queries, actor, commands }) => {
    const { parked_tasks: parked } = (await queries.listProviders()).find((one) => one.name === text(name)) ?? {};
    const said = await forEach(parked ?? [], ({ id }) => commands.change(id, { model: text(model).trim() }, actor));
    if (said.done === 0 && said.first) throw said.first;
    const go = said.done === 1 ? "goes" : "go";
    return { sentence: `${plural(said.done, "task")} ${go} on with ${text(model).trim()}.${said.problem}` };
  });
}

/** What one of them cannot do keeps the others from nothing. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>) {
  let done = 0;
  let first: unknown = null;
  for (const item of items) {
    try {
      await work(item);
      done += 1;
    } catch (error) {
      first ??= error;
    }
  }
  const left = items.length - done;
  const problem = left > 0 ? ` ${plural(left, "other")} could not: ${sentenceOfFailure(first)}` : "";
  return { done, first, problem };
}

export async function readOldTrees(days: number): Promise<{ found: OldTrees } | { sentence: string }> {
  const { queries } = await enter();
  try {
    return { found: await queries.findOldTrees({ days: Number(days) }) };
  } catch (error) {
    return { sentence: sentenceOfFailure(error) };
  }
}

/** `deleted`: how many of them. Those that cannot be are told by the first one's sentence. */
export async function deleteTrees(ids: string[]): Promise<{ deleted: number; problem: string | null }> {
  const { actor, commands } = await enter();
  const given = Array.isArray(ids) ? ids.slice(0, MOST_AT_ONCE) : [];
  const { done, first } = await forEach(given, (id) => commands.deleteTree(text(id), actor));
  return { deleted: done, problem: first === null ? null : sentenceOfFailure(first) };
}

/** Begins it: the list of backups says how far it has come and how it ended. */
export async function startBackup(): Promise<ActionResult> {
  return act(async ({ check, actor, commands }) => {
    await check("createBackup");
    commands.createBackup(actor).catch((error: unknown) => void sentenceOfFailure(error));
    return { sentence: "The backup is being made." };
  });
}

export async function deleteBackup(name: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.deleteBackup(text(name), actor));
}

export interface Verified {
  ok: boolean;
  sentence: string;
  faults: string[];
}

/** Reads the whole audit, and compares it with what is kept outside. */
export async function verifyAudit(): Promise<Verified> {
  const { queries } = await enter();
  try {
    const { ok, rows, head, faults, anchor } = await queries.verifyAudit();
    const upTo = head ? `, up to row ${head.id}` : "";
    const sentence = ok
      ? `Every row is what was written: ${plural(rows, "row")} read${upTo}, and compared with ${anchor}.`
      : `The audit is not what was written: ${plural(faults.length, "fault")} in ${plural(rows, "row")}, compared with ${anchor}.`;
    return { ok, sentence, faults: faults.map((one) => one.sentence) };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error), faults: [] };
  }
}

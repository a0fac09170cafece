/** Checks invariants after the soak, in the database and in the file that the tools wrote. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Queries } from "@/agents/application";
import type { Store } from "@/db/store";
import { finalChecks, occasionalChecks } from "../simulation/checks";
import { decisionChecks } from "../simulation/checks-of-decisions";
import { createTally } from "../simulation/tally";
import { isAllowed, resultOf, titlesOf } from "./story";

export interface SoakVerdict {
  faults: string[];
  /** Calls that must run once, and how many of them a kill left with an unknown outcome. */
  calls: number;
  interrupted: number;
}

export async function judgeSoak(
  store: Store,
  queries: Queries,
  dataDir: string,
  trees: string[],
): Promise<SoakVerdict> {
  const tally = createTally();
  occasionalChecks(store, tally)();
  decisionChecks(store, tally);
  finalChecks(store, true, tally);
  const { faults } = tally;
  const integrity = store.client.sqlite.pragma("integrity_check", { simple: true });
  if (integrity !== "ok") faults.push(`The database is damaged: ${integrity}`);
  for (const [index, id] of trees.entries()) faults.push(...(await treeFaults(queries, id, index + 1)));
  const { calls, interrupted } = effectFaults(store, dataDir, faults);
  return { faults, calls, interrupted };
}

async function treeFaults(queries: Queries, id: string, number: number): Promise<string[]> {
  const tree = await queries.getTree(id);
  const faults: string[] = [];
  if (tree.status !== "succeeded") faults.push(`The tree ${number} ended as ${tree.status}.`);
  const titles = tree.tasks.filter((task) => task.role === "work").map((task) => task.title);
  const expected = titlesOf(number);
  if (JSON.stringify(titles.sort()) !== JSON.stringify(expected.sort()))
    faults.push(`The tree ${number} has the tasks ${titles.join(", ")}.`);
  for (const { id: taskId, title, status, role } of tree.tasks) {
    if (status !== "succeeded") faults.push(`“${title}” ended as ${status}.`);
    if (role !== "work") continue;
    const { result } = await queries.getTask(taskId);
    if (result !== resultOf(title)) faults.push(`“${title}” has the result ${JSON.stringify(result)}.`);
  }
  return faults;
}

interface OnceCall {
  tool: string;
  taskUid: string;
  what: string;
  response: string;
}

/** An answered call has one effect, an interrupted call at most one, and a call that was not allowed none. */
function effectFaults(store: Store, dataDir: string, faults: string[]): { calls: number; interrupted: number } {
  const file = join(dataDir, "effects.log");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const effects = new Map<string, number>();
  for (const line of lines) effects.set(line, (effects.get(line) ?? 0) + 1);
  const calls = store.client.sqlite
    .prepare(`
    SELECT call.tool AS tool, tasks.uid AS taskUid, call.body ->> '$.input.what' AS what, answer.body ->> '$.text' AS response
    FROM messages call JOIN tasks ON tasks.id = call.task_id
      JOIN messages answer ON answer.task_id = call.task_id AND answer.call_id = call.call_id AND answer.kind = 4
    WHERE call.kind = 3 AND call.tool IN ('once', 'asked')`)
    .all() as OnceCall[];
  let interrupted = 0;
  for (const { tool, taskUid, what, response } of calls) {
    const count = effects.get(`${tool} ${taskUid} ${what}`) ?? 0;
    const isInterrupted = response.startsWith("This call was interrupted");
    const mayRun = tool === "once" || isAllowed(what);
    const isRight = !mayRun
      ? count === 0 && response.startsWith("Not run: person did not allow")
      : isInterrupted
        ? count <= 1
        : count === 1 && response === `touched ${what}`;
    if (isInterrupted) interrupted += 1;
    if (!isRight) faults.push(`${tool} of “${what}” had its effect ${count} times and was answered “${response}”.`);
  }
  return { calls: calls.length, interrupted };
}

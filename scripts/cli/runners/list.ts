/** `runner list`, `runner drain` and `runner resume`: what runs where, and what a person decides about it. */
import type { RunnersState } from "@/core/runners/shapes";
import { plural } from "@/core/words/figures";
import { poolSentence, RUNNER_STATES, runnersSentence } from "@/core/words/runners/runners";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, withReadRuntime } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";
import { oneLine, padTo, widthOf } from "@/scripts/cli/print/text";

export function list(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getRunners();
    if (context.json) printJson(found);
    else for (const line of linesOf(found)) print(line);
    return 0;
  });
}

export function drain(context: Context, [name = ""]: Arguments): Promise<number> {
  return act(context, ({ application }) => application.commands.drainRunner({ id: name }), { needsWorker: true });
}

export function resume(context: Context, [name = ""]: Arguments): Promise<number> {
  return act(context, ({ application }) => application.commands.resumeRunner({ id: name }), { needsWorker: true });
}

function linesOf(found: RunnersState): string[] {
  const { pools, runners } = found;
  const rows = runners.map(({ name, pool, state, slots, free, version, trees, checks }) => {
    const used = state === "silent" ? `${slots} gone` : `${slots - free} of ${slots}`;
    return [name, pool, RUNNER_STATES[state], used, treesWords(trees.length, checks.length), oneLine(version)];
  });
  return [
    runnersSentence(found),
    ...pools.map((pool) => `Pool ${pool.name}: ${poolSentence(pool)}`),
    ...(rows.length === 0 ? [] : table([["runner", "pool", "state", "slots", "trees", "release"], ...rows])),
  ];
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, column) => padTo(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** A tree that is only checked there has its folders elsewhere. */
function treesWords(trees: number, checks: number): string {
  return `${plural(trees, "tree")}${checks > 0 ? `, checks of ${checks}` : ""}`;
}

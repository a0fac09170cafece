/** `usage`: what was used in a period, for a bill: first the sums, then models, projects and storage, and what was not measured. */
import type { InstallationUsage } from "@/core/usage/shapes";
import { bytes, exactCount, exactMoney, plural } from "@/core/words/figures";
import type { Arguments } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson } from "@/scripts/cli/print/output";
import { oneLine, padTo, widthOf } from "@/scripts/cli/print/text";

const DAY_MS = 86_400_000;

export function usage(context: Context, _: Arguments, flags: Flags): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getUsage({ from: textFlag(flags, "from"), to: textFlag(flags, "to") });
    if (context.json) printJson(found);
    else for (const line of linesOf(found)) print(line);
    return 0;
  });
}

function linesOf(found: InstallationUsage): string[] {
  const { period, is_over, total, models, projects, tasks, agent_seconds, storage, not_measured } = found;
  const lastDay = new Date(Date.parse(period.until) - DAY_MS).toISOString().slice(0, 10);
  const of = found.installation === null ? "" : ` of ${found.installation}`;
  const stored = storage.reduce((sum, { size_bytes }) => sum + (size_bytes ?? 0), 0);
  return [
    `Usage${of}, ${period.from.slice(0, 10)} to ${lastDay} (UTC)${is_over ? "" : ", which is not over yet"}.`,
    "",
    `${exactMoney(total.cost_usd)} and ${exactCount(total.tokens)} tokens; ${plural(tasks.ended, "task")} ended, ${tasks.started} began; ${hours(agent_seconds)} of agents; ${bytes(stored)} on the disk.`,
    ...table("Models", [
      ["model", "calls", "tokens in", "tokens out", "cost"],
      ...models.map(({ model, calls, tokens_in, tokens_out, cost_usd }) => {
        return [oneLine(model), ...[calls, tokens_in, tokens_out].map(exactCount), exactMoney(cost_usd)];
      }),
    ]),
    ...table("Projects", [
      ["project", "trees", "tokens", "hours", "cost"],
      ...projects.map(({ project, trees, tokens_in, tokens_out, agent_seconds: seconds, cost_usd }) => {
        const tokens = exactCount(tokens_in + tokens_out);
        return [oneLine(project ?? "(no project)"), exactCount(trees), tokens, hours(seconds), exactMoney(cost_usd)];
      }),
    ]),
    ...table("Storage", [
      ["part", "size"],
      ...storage.map(({ what, size_bytes }) => {
        return [what.replaceAll("_", " "), size_bytes === null ? "not measured" : bytes(size_bytes)];
      }),
    ]),
    "",
    "Not measured:",
    ...not_measured.map(({ sentence }) => `- ${sentence}`),
  ];
}

function hours(seconds: number): string {
  return `${(seconds / 3_600).toFixed(2)} h`;
}

/** Returns a title and columns: the first one on the left, numbers on the right. Nothing without rows. */
function table(title: string, rows: readonly string[][]): string[] {
  const [head = []] = rows;
  if (rows.length < 2) return [];
  const widths = head.map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  const lines = rows.map((row) =>
    row.map((cell, at) => padTo(cell, widths[at] ?? 0, at === 0 ? "left" : "right")).join("  "),
  );
  return ["", title, ...lines.map((line) => `  ${line.trimEnd()}`)];
}

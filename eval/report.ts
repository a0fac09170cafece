/** The results of an evaluation, as JSON and as a table. */
import { count, exactMoney } from "@/core/words/figures";
import { type AgentFigures, plus, sumOf } from "./figures";
import type { Outcome } from "./run-task";

export interface Report {
  model: string;
  passed: number;
  /** Tasks that ran: skipped ones are left out. */
  of: number;
  /** From 0 to 1. */
  pass_rate: number;
  total: AgentFigures;
  agents: Record<string, AgentFigures>;
  tasks: Outcome[];
}

export function reportOf(model: string, tasks: Outcome[]): Report {
  const ran = tasks.filter((task) => task.outcome !== "skipped");
  const passed = ran.filter((outcome) => outcome.outcome === "passed").length;
  const agents: Record<string, AgentFigures> = {};
  for (const { figures } of tasks)
    for (const [agent, own] of Object.entries(figures.agents)) agents[agent] = plus(agents[agent], own);
  const pass_rate = ran.length === 0 ? 0 : passed / ran.length;
  return { model, passed, of: ran.length, pass_rate, total: sumOf(Object.values(agents)), agents, tasks };
}

const HEADER = ["turns", "wrong calls", "tokens in", "cached", "tokens out", "cost"];

export function tableOf({ model, passed, of, pass_rate, total, agents, tasks }: Report): string {
  const results = tasks.map((task) => [
    task.task,
    task.outcome,
    ...cellsOf(task.figures),
    `${Math.round(task.figures.seconds)} s`,
    task.why ?? "",
  ]);
  const byAgent = Object.entries(agents).map(([agent, own]) => [agent, String(own.tasks), ...cellsOf(own)]);
  return [
    `${model}: ${passed} of ${of} passed (${Math.round(pass_rate * 100)} %).`,
    "",
    ...linesOf(["task", "outcome", ...HEADER, "time", "why"], results),
    "",
    ...linesOf(["agent", "tasks", ...HEADER], [...byAgent, ["all", String(total.tasks), ...cellsOf(total)]]),
  ].join("\n");
}

function cellsOf({ turns, wrong_calls, tokens_in, tokens_cached, tokens_out, cost_usd }: AgentFigures): string[] {
  const cached = tokens_in === 0 ? "" : `${Math.round((tokens_cached / tokens_in) * 100)} %`;
  return [String(turns), String(wrong_calls), count(tokens_in), cached, count(tokens_out), exactMoney(cost_usd)];
}

/** Returns a table in Markdown, line by line. */
export function linesOf(header: string[], rows: string[][]): string[] {
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(header), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rows.map(line)];
}

/** The report of a month, in sentences and in Markdown. Titles are texts of people and repositories, so they are quoted. */
import type { Reason } from "@/core/log/reasons";
import type { Kpi, KpiTables, MonthlyReport } from "@/core/shapes/kpis";
import { duration, money, plural } from "../figures";
import { code } from "../insights/insights";
import { REASON_SAYS } from "../trees";
import {
  basisText,
  changeText,
  notMeasured,
  periodText,
  targetText,
  VERDICT_WORDS,
  valueText,
  verdictSentence,
} from "./kpis";

/** 2026-10 is October 2026. */
export function monthName(month: string): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  return new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" }).format(at);
}

/** How the report is counted; the last words of it. */
export const HOW_COUNTED =
  "A cycle is a goal, an issue of a forge or a change of an evolution, from its submission to its end. " +
  "Stopped cycles count neither way for success. " +
  "Trees that were removed count no more. Every figure has its formula on the KPI page and can be recomputed from an export; " +
  "nothing is entered by hand. Months and days are in UTC.";

/** 161 cycles ended, 140 of them succeeded. … */
export function reportSentence({ kpis, is_over }: MonthlyReport): string {
  const succeeded = kpis.items.find(({ id }) => id === "cycles_succeeded");
  const missed = kpis.items.filter(({ verdict }) => verdict === "missed").map(({ name }) => name);
  const { cycles } = totalOf(kpis.tables);
  return [
    ...(is_over ? [] : ["The month has not ended."]),
    cycles === 0 ? "No cycle ended." : `${plural(cycles, "cycle")} ended.`,
    ...(succeeded?.basis ? [`Of those that were not stopped, ${basisText(succeeded)} succeeded.`] : []),
    verdictSentence(kpis),
    ...(missed.length > 0 ? [`Missed: ${missed.join(", ")}.`] : []),
  ].join(" ");
}

/** The sums of all projects. */
export function totalOf({ projects, not_measured: { tasks: notMeasuredSpend } }: KpiTables) {
  const sum = (field: "cycles" | "succeeded" | "cycles_usd") => projects.reduce((all, row) => all + row[field], 0);
  const spent = projects.reduce<number | null>(
    (all, { all_usd }) => (all === null || all_usd === null ? null : all + all_usd),
    notMeasuredSpend === null ? 0 : null,
  );
  return { cycles: sum("cycles"), succeeded: sum("succeeded"), cycles_usd: sum("cycles_usd"), all_usd: spent };
}

/** $1.20, or that it is not measured. */
export function spentText(usd: number | null): string {
  return usd === null ? "not measured" : money(usd);
}

export function reasonText(reason: string): string {
  return (REASON_SAYS as Partial<Record<string, string>>)[reason as Reason] ?? `For the reason ${reason}.`;
}

export function shareText(part: number, all: number): string {
  return all === 0 ? "none" : valueText("share", part / all);
}

export function reportMarkdown(report: MonthlyReport): string {
  const { month, made_at, kpis } = report;
  const { items, tables, project, period, backlog } = kpis;
  const missing = notMeasured(kpis);
  const measured = items.filter(({ value }) => value !== null);
  const of = project === null ? "all projects" : `the project ${project}`;
  return [
    `# ${monthName(month)}`,
    "",
    `Monthly report of Banyan, ${of}, ${periodText(period)}. Made on ${made_at}.`,
    "",
    reportSentence(report),
    "",
    ...(missing.length === 0 ? [] : ["## Not measured", "", ...missing.map(missingLine), ""]),
    "## Figures and targets",
    "",
    ...table(["Figure", "Month before", "This month", "Change", "Target", "", "Counted"], measured.map(figureCells)),
    "",
    "## Spend by project",
    "",
    ...table(["Project", "Cycles", "Succeeded", "On cycles", "In all"], spendCells(tables)),
    ...(tables.not_measured.tasks ? ["", `In all: not measured. ${tables.not_measured.tasks.sentence}`] : []),
    "",
    "## What went wrong",
    "",
    ...failureLines(tables),
    "",
    "## Decisions",
    "",
    ...table(["Item", "By people", "By rules", "By nobody", "Median wait"], tables.decisions.map(decisionCells)),
    "",
    "## What to improve next",
    "",
    ...(backlog.length === 0 ? ["Nothing stands out."] : []),
    ...backlog.map(({ title, why, page }) => `- ${code(title)} ${code(why)} (${page})`),
    "",
    "## How it is counted",
    "",
    HOW_COUNTED,
    "",
  ].join("\n");
}

function missingLine({ name, not_measured: why }: Kpi): string {
  return `- ${name}: ${why?.sentence ?? ""}`;
}

function figureCells(kpi: Kpi): string[] {
  const { name, unit, value, before, target, verdict } = kpi;
  return [
    name,
    before === null ? "not measured" : valueText(unit, before, target?.at),
    value === null ? "not measured" : valueText(unit, value, target?.at),
    changeText(kpi) ?? "",
    target === null ? "" : targetText(unit, target),
    verdict === "none" ? "" : VERDICT_WORDS[verdict],
    basisText(kpi),
  ];
}

function failureLines({ failures, not_measured: { failures: why } }: KpiTables): string[] {
  if (failures === null) return [`Not measured. ${why?.sentence ?? ""}`];
  return table(
    ["Kind", "Times", "By itself"],
    failures.map(({ title, times, settled, recovered }) => [title, String(times), shareText(recovered, settled)]),
  );
}

function spendCells(tables: KpiTables): string[][] {
  const cells = (name: string, row: Omit<KpiTables["projects"][number], "project">) => [
    name,
    String(row.cycles),
    String(row.succeeded),
    money(row.cycles_usd),
    spentText(row.all_usd),
  ];
  return [
    ...tables.projects.map((row) => cells(row.project ?? "in no project", row)),
    ...(tables.projects.length > 1 ? [cells("All", totalOf(tables))] : []),
  ];
}

function decisionCells({
  kind,
  people,
  rules,
  nobody,
  median_wait_ms: wait,
}: KpiTables["decisions"][number]): string[] {
  return [kind, String(people), String(rules), String(nobody), wait === null ? "none" : duration(wait)];
}

function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return ["None."];
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

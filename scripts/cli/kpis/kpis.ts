/** `kpis`: the KPIs of a period: what was not measured first, then each figure with its basis and target. */
import { KPI_GROUPS, type Kpi, type Kpis } from "@/core/shapes/kpis";
import {
  basisText,
  changeText,
  GROUP_WORDS,
  notMeasured,
  periodText,
  targetText,
  VERDICT_WORDS,
  valueText,
  verdictSentence,
} from "@/core/words/kpis/kpis";
import type { Arguments } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

const MOST_NEXT = 10;

export function kpis(context: Context, _: Arguments, flags: Flags): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getKpis({
      project: textFlag(flags, "project"),
      from: textFlag(flags, "from"),
      until: textFlag(flags, "until"),
    });
    if (context.json) printJson(found);
    else for (const line of linesOf(found)) print(line);
    return 0;
  });
}

function linesOf(found: Kpis): string[] {
  const { items, period, project, backlog } = found;
  const width = Math.max(...items.map(({ name }) => name.length));
  const measured = items.filter(({ value }) => value !== null);
  return [
    `${periodText(period)}, ${project === null ? "all projects" : `project ${project}`}. ${verdictSentence(found)}`,
    "",
    "Not measured:",
    ...notMeasured(found).map(({ name, not_measured: why }) => `- ${name}: ${why?.sentence ?? ""}`),
    ...KPI_GROUPS.flatMap((group) => {
      const own = measured.filter((kpi) => kpi.group === group);
      return own.length === 0 ? [] : ["", GROUP_WORDS[group], ...own.flatMap((kpi) => kpiLines(kpi, width))];
    }),
    "",
    "What to improve next:",
    ...(backlog.length === 0 ? ["Nothing stands out."] : []),
    ...backlog
      .slice(0, MOST_NEXT)
      .flatMap(({ title, why, page }) => [`- ${oneLine(title)}`, `  ${oneLine(why)} ${page}`]),
  ];
}

function kpiLines(kpi: Kpi, width: number): string[] {
  const { name, unit, value, target, verdict, formula } = kpi;
  const change = changeText(kpi);
  const judged =
    target === null ? [] : [`${targetText(unit, target)}${verdict === "none" ? "" : `: ${VERDICT_WORDS[verdict]}`}`];
  const said = [...judged, ...(change === null ? [] : [`${change} since the period before`])];
  return [
    `${padTo(name, width)}  ${padTo(valueText(unit, value ?? 0, target?.at), 12)}  ${said.join("; ")}`.trimEnd(),
    `  ${formula}: ${basisText(kpi)}`,
  ];
}

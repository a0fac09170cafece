/** The commands of KPIs and of what was used. */
import type { Define } from "@/scripts/cli/context/define";

export function defineKpis(define: Define): void {
  define("kpis", "show KPIs with their formulas and targets, and what should be improved next", async () => {
    return (await import("./kpis")).kpis;
  })
    .option("--project <name>", "only trees that work in this project's repository")
    .option("--from <date>", "from this date or time; default: 30 days before its end")
    .option("--until <date>", "until this date or time, exclusive; default: now");
  define(
    "usage",
    "show what was used in a period, for a bill: money, tokens, tasks, hours of agents, storage",
    async () => {
      return (await import("./usage")).usage;
    },
  )
    .option("--from <date>", "first day (UTC), such as 2026-11-01; default: the first of this month")
    .option("--to <date>", "last day (UTC), included; default: today");
  define(
    "report [month]",
    "print the report of a month, such as 2026-11, as Markdown; default: this month",
    async () => {
      return (await import("./report")).report;
    },
  )
    .option("--project <name>", "only trees that work in this project's repository")
    .option("--out <file>", "write it into this new file");
}

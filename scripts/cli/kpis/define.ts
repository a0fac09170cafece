/** The commands of KPIs. */
import type { Define } from "@/scripts/cli/context/define";

export function defineKpis(define: Define): void {
  define("kpis", "show KPIs with their formulas and targets, and what should be improved next", async () => {
    return (await import("./kpis")).kpis;
  })
    .option("--project <name>", "only trees that work in this project's repository")
    .option("--from <date>", "from this date or time; default: 30 days before its end")
    .option("--until <date>", "until this date or time, exclusive; default: now");
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

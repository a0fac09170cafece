/** The command for evolutions. */
import type { Define } from "@/scripts/cli/context/define";

const many = (value: string, before: readonly string[] = []) => [...before, value];

export function defineEvolution(define: Define): void {
  define(
    "evolve [project] [verb] [cycle]",
    "turn the best insights of a project into changes that you accept or reject, and follow them; or: follow, status, stop, resume, accept, reject or rules",
    async () => (await import("./evolve")).evolve,
  )
    .option("--max-cycles <n>", "most cycles of this run, 1 to 100; default: 1")
    .option("--insight <id>", "one cycle, for exactly this insight")
    .option("--detach", "begin the run and do not follow it")
    .option("--branch <name>", "accept: the name of the branch; default: banyan/ and the title of its tree")
    .option("--repository <dir>", "accept: the repository for the branch; default: the project's folder")
    .option("--reason <text>", "reject: why")
    .option("--cycle-usd <x>", "rules: a cycle costs at most this, in dollars")
    .option("--day-usd <x>", "rules: the cycles of a day (UTC) cost at most this, in dollars")
    .option("--most-open <n>", "rules: changes that may wait for a person at a time")
    .option("--path <glob>", "rules: files that it may change; repeatable", many)
    .option("--least-score <x>", "rules: insights with a lower score are left alone")
    .option("--quiet <times>", "rules: no cycle begins between these times, such as 08:00-18:00")
    .option("--zone <zone>", "rules: the time zone of --quiet, such as Europe/Berlin; default: UTC")
    .option("--no-quiet", "rules: cycles begin at any time")
    .option("--stop-after <n>", "rules: it stops after so many rejections in a row");
}

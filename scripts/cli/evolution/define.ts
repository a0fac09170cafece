/** The command for evolutions. */
import { type Define, many } from "@/scripts/cli/context/define";

export function defineEvolution(define: Define): void {
  define(
    "evolve [project] [verb] [cycle]",
    "turn the best insights of a project into changes that you accept or reject, and follow them; or: follow, status, stop, resume, accept, reject or rules",
    async () => (await import("./evolve")).evolve,
  )
    .option("--max-cycles <n>", "most cycles of this run, 1 to 100; default: 1")
    .option("--insight <id>", "one cycle, for exactly this insight")
    .option("--model <model>", "model of the cycles; default: the project's, or that of the settings")
    .option("--executor <agent>", "agent that does the work; default: the project's, or coder")
    .option(
      "--criterion <text>",
      '"STATEMENT :: COMMAND", or a statement that a judge decides, beside the insight; repeatable',
      many,
    )
    .option("--threshold <x>", "score from which on a try passes its checks, up to 1; default: 0.95")
    .option("--max-minutes <m>", "most minutes of a try, from its first check; default: 60")
    .option("--protect <glob>", "files that are put back before each check; repeatable", many)
    .option("--hidden <glob>", "tests that agents do not see and only the host runs; repeatable", many)
    .option("--hidden-share <x>", "hide this share of the tests, chosen by hash; below 1; default: 0")
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

/** The command for evolutions. */
import { type Define, many, of, onlyOf } from "@/scripts/cli/context/define";

export function defineEvolution(define: Define): void {
  const command = define(
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
    .option("--max-minutes <m>", "most minutes that the rounds of a try work, checked between rounds; default: 60")
    .option("--protect <glob>", "files that are put back before each check; repeatable", many)
    .option("--hidden <glob>", "tests that agents do not see and only the host runs; repeatable", many)
    .option("--hidden-share <x>", "hide this share of the tests, chosen by hash; below 1; default: 0")
    .option("--detach", "begin the run and do not follow it")
    .addOption(of(["accept"], "--branch <name>", "the name of the branch; default: banyan/ and the title of its tree"))
    .addOption(of(["accept"], "--repository <dir>", "the repository for the branch; default: the project's folder"))
    .addOption(of(["reject"], "--reason <text>", "why"))
    .addOption(of(["rules"], "--cycle-usd <x>", "a cycle costs at most this, in dollars"))
    .addOption(of(["rules"], "--day-usd <x>", "the cycles of a day (UTC) cost at most this, in dollars"))
    .addOption(of(["rules"], "--most-open <n>", "changes that may wait for a person at a time"))
    .addOption(of(["rules"], "--path <glob>", "files that it may change; repeatable").argParser(many))
    .addOption(of(["rules"], "--least-score <x>", "insights with a lower score are left alone"))
    .addOption(of(["rules"], "--quiet <times>", "no cycle begins between these times, such as 08:00-18:00"))
    .addOption(of(["rules"], "--zone <zone>", "the time zone of --quiet, such as Europe/Berlin; default: UTC"))
    .addOption(of(["rules"], "--no-quiet", "cycles begin at any time"))
    .addOption(of(["rules"], "--stop-after <n>", "it stops after so many rejections in a row"));
  // Flags of a new run: another verb must not begin one, nor go on without them.
  onlyOf(command, [""]);
}

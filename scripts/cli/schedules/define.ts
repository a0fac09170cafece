/** The commands of schedules. */
import { type Define, firstWord, of, onlyOf } from "@/scripts/cli/context/define";
import { runFlags } from "@/scripts/cli/context/submission-flags";
import { goalFlags } from "@/scripts/cli/goals/define";

export function defineSchedules(define: Define): void {
  const load = async () => (await import("./schedules")).schedule;
  const command = define(
    "schedule [verb] [target]",
    "begin a task or a goal at given times: add TASK --cron EXPRESSION, list, show, change, run, pause, resume or remove ID",
    load,
  );
  goalFlags(runFlags(command))
    .addOption(
      of(
        ["add", "change"],
        "--goal",
        "TASK is a goal, as any flag of `goal` says too; --max-minutes then limits the goal",
      ),
    )
    .addOption(
      of(
        ["add", "change"],
        "--cron <expression>",
        "five parts, such as '0 9 * * 1-5' for 09:00 on weekdays, or @daily",
      ),
    )
    .addOption(
      of(["add", "change"], "--zone <zone>", "time zone, such as Europe/Berlin; default of add: this machine's"),
    )
    .addOption(of(["add", "change"], "--name <name>", "its name; default of add: the first line of the task"))
    .addOption(
      of(
        ["add", "change"],
        "--overlap <what>",
        "skip a time while its tree still runs (default), or begin one beside it",
      ),
    )
    .addOption(
      of(
        ["add"],
        "--evolve <cycles>",
        "each time evolves --project NAME, by at most so many cycles, instead of a task",
      ),
    )
    .addOption(of(["change"], "--task <text>", "the new task"));
  onlyOf(command, ["add", "change"]);
  firstWord(command, ["list", "show", "add", "change", "run", "pause", "resume", "remove"], "add");
  define("schedules", "list the schedules with their next times", load);
}

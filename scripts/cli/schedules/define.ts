/** The commands of schedules. */
import type { Define } from "@/scripts/cli/context/define";
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
    .option("--goal", "add, change: TASK is a goal, as any flag of `goal` says too; --max-minutes then limits the goal")
    .option("--cron <expression>", "add, change: five parts, such as '0 9 * * 1-5' for 09:00 on weekdays, or @daily")
    .option("--zone <zone>", "add, change: time zone, such as Europe/Berlin; default of add: this machine's")
    .option("--name <name>", "add, change: its name; default of add: the first line of the task")
    .option("--overlap <what>", "add, change: skip a time while its tree still runs (default), or begin one beside it")
    .option("--evolve <cycles>", "add: each time evolves --project NAME, by at most so many cycles, instead of a task")
    .option("--task <text>", "change: the new task");
  define("schedules", "list the schedules with their next times", load);
}

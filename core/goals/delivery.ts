/** The calls that deliver the files of a goal that was reached. */
import { z } from "zod";
import type { Goal } from "@/core/log/goal";
import type { Answer } from "@/core/programs/conversation";
import { parseJsonText } from "@/core/programs/json";
import type { PlannedCall } from "@/core/programs/program";
import { subtask } from "./round";

/** `continued`: how often a person let the goal go on after its end, which is delivered each time. */
export function deliveryCalls(
  { on_success, delivery_command, executor }: Goal,
  title: string,
  continued: number,
): PlannedCall[] {
  const again = continued === 0 ? "" : `-${continued + 1}`;
  const git = (key: string, input: object) => ({ key: key + again, name: "git_operations", input });
  const branch = `banyan/${
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 40) || "goal"
  }`;
  const commit = git("deliver-commit", { operation: "commit", all: true, message: title });
  const toBranch = [git("deliver-branch", { operation: "switch", branch, create: continued === 0 }), commit];
  if (on_success === "commit") return [commit];
  if (on_success === "branch") return toBranch;
  if (on_success === "command")
    return [{ key: `deliver${again}`, name: "use_terminal", input: { command: delivery_command ?? "true" } }];
  if (on_success !== "pull_request") return [];
  const instruction = `The branch ${branch} holds a finished change: ${title}. Push its newest commit to the repository that this folder is a copy of, and open a pull request. Change no files.`;
  return [...toBranch, subtask(`deliver-request${again}`, executor, "Open a pull request", instruction)];
}

const Ended = z.object({ exit_status: z.number() });

/** Whether a call of a delivery did not do its work. A command that ran to its end says so by its exit status. */
export function hasFailed({ content, isError }: Answer): boolean {
  if (isError) return true;
  const { data } = Ended.safeParse(parseJsonText(content));
  return data !== undefined && data.exit_status !== 0;
}

/** The calls that deliver the files of a goal that was reached. */
import type { Goal } from "@/core/log/goal";
import type { PlannedCall } from "@/core/programs/program";
import { subtask } from "./round";

export function deliveryCalls({ on_success, delivery_command, executor }: Goal, title: string): PlannedCall[] {
  const git = (key: string, input: object) => ({ key, name: "git_operations", input });
  const branch = `banyan/${
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 40) || "goal"
  }`;
  const commit = git("deliver-commit", { operation: "commit", all: true, message: title });
  const toBranch = [git("deliver-branch", { operation: "switch", branch, create: true }), commit];
  if (on_success === "commit") return [commit];
  if (on_success === "branch") return toBranch;
  if (on_success === "command")
    return [{ key: "deliver", name: "use_terminal", input: { command: delivery_command ?? "true" } }];
  if (on_success !== "pull_request") return [];
  const instruction = `The branch ${branch} holds a finished change: ${title}. Push its newest commit to the repository that this folder is a copy of, and open a pull request. Change no files.`;
  return [...toBranch, subtask("deliver-request", executor, "Open a pull request", instruction)];
}

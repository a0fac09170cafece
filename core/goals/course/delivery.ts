/** The calls that deliver the files of a goal that was reached. */
import { z } from "zod";
import { subtask } from "@/core/goals/facts/calls";
import { cut } from "@/core/goals/facts/record";
import type { Goal } from "@/core/log/goal";
import type { Answer } from "@/core/programs/conversation";
import { parseJsonText } from "@/core/programs/json";
import type { PlannedCall } from "@/core/programs/program";

/** The state of a delivery. */
export interface Delivered {
  state: "running" | "done" | "failed";
  /** The branch that it makes; null without one. */
  branch: string | null;
  /** What its last call answered. */
  text: string;
}

/** `continued`: how often a person continued the goal after its end; each time it is delivered again. */
export function deliveryCalls(
  { on_success, delivery_command, executor }: Goal,
  title: string,
  { continued }: { continued: number },
): PlannedCall[] {
  const again = continued === 0 ? "" : `-${continued + 1}`;
  const git = (key: string, input: object) => ({ key: key + again, name: "git_operations", input });
  const branch = branchOf(title);
  const commit = git("deliver-commit", { operation: "commit", all: true, message: title });
  const toBranch = [git("deliver-branch", { operation: "switch", branch, create: true }), commit];
  if (on_success === "commit") return [commit];
  if (on_success === "branch") return toBranch;
  if (on_success === "command")
    return [{ key: `deliver${again}`, name: "use_terminal", input: { command: delivery_command ?? "true" } }];
  if (on_success !== "pull_request") return [];
  const instruction = `The branch ${branch} holds a finished change: ${title}. Push its newest commit to the repository that this folder is a copy of, and open a pull request. Change no files.`;
  return [...toBranch, subtask(`deliver-request${again}`, executor, "Open a pull request", instruction)];
}

/** Long enough that two changes of one service seldom get one name. */
const MOST_NAME = 60;

function branchOf(title: string): string {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `banyan/${name.replace(/^-|-$/g, "").slice(0, MOST_NAME) || "goal"}`;
}

/** Returns the state of the delivery after one of its calls; without an answer the call is running. */
export function deliveredBy({ on_success }: Goal, title: string, answer?: Answer): Delivered {
  const hasBranch = on_success === "branch" || on_success === "pull_request";
  const branch = hasBranch ? branchOf(title) : null;
  if (!answer) return { state: "running", branch, text: "" };
  const ended = Ended.safeParse(parseJsonText(answer.content)).data;
  const hasFailed = answer.isError || (ended !== undefined && ended.exit_status !== 0);
  const text = ended ? printed(ended) : answer.content;
  return { state: hasFailed ? "failed" : "done", branch, text: cut(text, 600) };
}

/** A command that has ended. A command that the host ended has no exit status. */
const Ended = z.object({
  exit_status: z.number().nullable(),
  stdout: z.string().default(""),
  stderr: z.string().default(""),
});

function printed({ exit_status, stdout, stderr }: z.infer<typeof Ended>): string {
  const status = exit_status === null ? "It was ended before its end." : `Exit status ${exit_status}.`;
  return [stdout.trim(), stderr.trim(), status].filter(Boolean).join("\n");
}

/** The changes that a person makes in a fork: another instruction, agent, model, or text of a message. */
import { UserError } from "@/agents/application";
import { changeOf } from "@/agents/commands/change";
import { MAX_TASK_BYTES } from "@/agents/commands/submit";
import type { CommandSources } from "@/agents/commands/world/sources";
import type { Edits, LoggedEntry } from "@/core/fork";
import type { Setup } from "@/core/log/entries";
import type { Role } from "@/core/rules/roles";
import type { ForkRequest } from "@/core/shapes/submission";
import type { FoundTask } from "@/db/records/found-task";
import { lessonsOf, versionsOf } from "./fork-versions";

export interface NamedEdits extends Omit<Edits, "message"> {
  /** The new text of the message at which the tree is forked. */
  message?: string;
  /** What the task reads at its first turn in the fork. */
  steer?: string;
  /** The changes in words, for the log. */
  what: string[];
}

/** `from`: the task, and its setup where the fork begins. Throws UserError. */
export function editsOf(
  sources: CommandSources,
  from: { task: FoundTask; setup: Setup },
  request: ForkRequest,
  role: Role,
): NamedEdits {
  const { agent, model, instruction, message, steer } = request;
  const what: string[] = [];
  const edits: Omit<NamedEdits, "what"> = {};
  if (instruction !== undefined) {
    if (!instruction.trim()) throw new UserError("invalid", "The new instruction is empty: say what should be done.");
    refuseLong(instruction, "The new instruction");
    edits.instruction = instruction.trim();
    what.push("another instruction");
  }
  if (message !== undefined) {
    if (request.at === undefined) throw new UserError("invalid", "Name the message that gets the new text.");
    refuseLong(message, "The new text");
    edits.message = message;
    what.push("an edited message");
  }
  if (steer !== undefined) {
    if (!steer.trim()) throw new UserError("invalid", "The message for the fork is empty: write what it should do.");
    refuseLong(steer, "The message for the fork");
    edits.steer = steer;
    what.push("a message");
  }
  if (agent !== undefined || model !== undefined) {
    const change = changeOf(sources, from.task, { agent, model });
    edits.setup = change.setup;
    what.push(...change.changes.map(({ what: part, to }) => `the ${part} ${to}`));
  }
  for (const { setup, what: changes } of [
    versionsOf(sources, from, request, role),
    lessonsOf(sources, request, role),
  ]) {
    if (changes.length === 0) continue;
    edits.setup = { ...edits.setup, ...setup };
    what.push(...changes);
  }
  return { ...edits, what };
}

function refuseLong(text: string, what: string): void {
  if (Buffer.byteLength(text) <= MAX_TASK_BYTES) return;
  throw new UserError("too_large", `${what} is larger than 1 MB: put it into a workspace file and name the file.`);
}

/** Throws UserError when the last message before the cut cannot get the new text. */
export function checkMessage(log: LoggedEntry[], upTo: number, { message, instruction }: ForkRequest): void {
  if (message === undefined) return;
  const kind = log.findLast(({ seq, entry }) => seq <= upTo && entry.kind !== "event")?.entry.kind;
  if (message.trim() === "" && kind !== "tool_response")
    throw new UserError("invalid", "The new text of the message is empty: write what it should say.");
  if (instruction !== undefined && kind === "instruction")
    throw new UserError("invalid", "That message is the instruction: give its new text only once.");
}

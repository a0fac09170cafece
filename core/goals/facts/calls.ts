/** The calls of a goal's programs, and what was said to them. */
import type { Conversation } from "@/core/programs/conversation";
import type { Batch, PlannedCall } from "@/core/programs/program";

export function subtask(
  key: string,
  agent: string,
  title: string,
  instruction: string | (() => string),
  more: object = {},
): PlannedCall {
  const input = () => ({
    agent,
    title: title.replace(/\s+/g, " "),
    instruction: typeof instruction === "string" ? instruction : instruction(),
    ...more,
  });
  return { key, name: "start_subtask", input };
}

export function batchOf(says: string, call: PlannedCall): Batch {
  return { says, calls: [call] };
}

/** Returns what people and the host said to a program. The facts of its task come first. */
export function saidIn({ said }: Conversation): Conversation["said"] {
  return said.slice(1).filter(({ change }) => change === undefined);
}

export function wordsIn(conversation: Conversation): string[] {
  return saidIn(conversation).map(({ text }) => text);
}

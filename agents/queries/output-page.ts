/** What a call put out, page by page, however little of it stands in the log. */

import { UserError } from "@/agents/application";
import type { OutputPage } from "@/core/shapes/log";
import type { Message } from "@/core/shapes/shapes";
import type { Outputs } from "@/db/records/outputs";

export const OUTPUT_PAGE_CHARS = 100_000;

/** Throws UserError for what is no response of a tool. */
export async function outputPage(outputs: Outputs, message: Message, from: number): Promise<OutputPage> {
  const { kind, content, task_id, tool_call_id, turn, seq } = message;
  if (kind !== "tool_response" || tool_call_id === null || typeof content.text !== "string")
    throw new UserError("invalid", `Message ${seq} is no response of a tool, so it has no output.`);
  const kept = content.wholeChars ? await outputs.read(task_id, tool_call_id, from, OUTPUT_PAGE_CHARS, turn) : null;
  if (kept) return { text: kept.text, from, chars: kept.chars };
  return { text: content.text.slice(from, from + OUTPUT_PAGE_CHARS), from, chars: content.text.length };
}

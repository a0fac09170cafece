/** The full output of a call, page by page, even when the log has only a part of it. */

import { UserError } from "@/agents/application";
import type { OutputPage } from "@/core/shapes/log";
import type { Message } from "@/core/shapes/shapes";
import type { Outputs } from "@/db/records/outputs";

export const OUTPUT_PAGE_CHARS = 100_000;

/** Returns one page. Throws UserError when the message is not a tool's response. */
export async function outputPage(outputs: Outputs, message: Message, from: number): Promise<OutputPage> {
  const { kind, content, task_id, tool_call_id, turn, seq } = message;
  if (kind !== "tool_response" || tool_call_id === null || typeof content.text !== "string")
    throw new UserError("invalid", `Message ${seq} is not a tool's response, so it has no output.`);
  const kept = content.wholeChars ? await outputs.read(task_id, tool_call_id, from, OUTPUT_PAGE_CHARS, turn) : null;
  if (kept) return { text: kept.text, from, chars: kept.chars };
  return { text: content.text.slice(from, from + OUTPUT_PAGE_CHARS), from, chars: content.text.length };
}

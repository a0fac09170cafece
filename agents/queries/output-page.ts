/** The full output of a call, page by page, even when the log has only a part of it; and the files that came with it. */
import { UserError } from "@/agents/application";
import type { Attachment } from "@/core/log/model";
import type { OpenedAttachment, OutputPage } from "@/core/shapes/log";
import type { Message } from "@/core/shapes/shapes";
import type { Attachments } from "@/db/records/attachments";
import type { Outputs } from "@/db/records/outputs";

const OUTPUT_PAGE_CHARS = 100_000;

/** Returns one page. Throws UserError when the message is not a tool's response. */
export async function outputPage(outputs: Outputs, message: Message, from: number): Promise<OutputPage> {
  const { kind, content, task_id, tool_call_id, turn, seq } = message;
  if (kind !== "tool_response" || tool_call_id === null || typeof content.text !== "string")
    throw new UserError("invalid", `Message ${seq} is not a tool's response, so it has no output.`);
  const kept = content.wholeChars ? await outputs.read(task_id, tool_call_id, from, OUTPUT_PAGE_CHARS, turn) : null;
  if (kept) return { text: kept.text, from, chars: kept.chars };
  return { text: content.text.slice(from, from + OUTPUT_PAGE_CHARS), from, chars: content.text.length };
}

/** Returns a file of a response by its id. Throws UserError when the message has none of this id. */
export async function openAttachment(
  attachments: Attachments,
  { content, task_id, seq }: Message,
  id: string,
): Promise<OpenedAttachment> {
  const files = Array.isArray(content.attachments) ? (content.attachments as Attachment[]) : [];
  const file = files.find((attachment) => attachment.id === id);
  const bytes = file ? await attachments.read(task_id, id) : null;
  if (!file || !bytes) throw new UserError("not_found", `Message ${seq} has no file ${id}.`);
  return { name: file.name.split("/").at(-1) ?? file.name, mediaType: file.mediaType, bytes };
}

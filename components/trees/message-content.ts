/**
 * Reads the content of messages without trusting its form: a log may hold what an older version wrote, and a page that
 * cannot show one message must still show the others.
 */
import type { Message } from "@/agents/core/shapes";

export interface CallContent {
  id: string;
  name: string;
  input: unknown;
}

export function textOf(message: Message): string {
  const { content } = message;
  for (const key of ["text", "content", "instruction", "message", "sentence", "detail"]) {
    const value = content[key];
    if (typeof value === "string") return value;
  }
  const keys = Object.keys(content);
  return keys.length > 0 ? JSON.stringify(content, null, 2) : "";
}

export function isTruncated(message: Message): boolean {
  return message.content.truncated === true;
}

export function isErrorOf(message: Message): boolean {
  return message.content.is_error === true || message.content.isError === true;
}

/** Text and reasoning of an agent's response. */
export function partsOf(message: Message): { text: string; reasoning: string } {
  const parts = Array.isArray(message.content.parts) ? (message.content.parts as unknown[]) : null;
  if (!parts) return { text: typeof message.content.text === "string" ? message.content.text : "", reasoning: "" };
  const join = (type: string) =>
    parts
      .filter(isRecord)
      .filter((part) => part.type === type && typeof part.text === "string")
      .map((part) => part.text as string)
      .join("\n\n");
  return { text: join("text"), reasoning: join("reasoning") };
}

export function callsOf(message: Message): CallContent[] {
  const calls = Array.isArray(message.content.calls) ? (message.content.calls as unknown[]) : [];
  return calls.filter(isRecord).map((call) => ({
    id: String(call.id ?? ""),
    name: typeof call.name === "string" ? call.name : "tool",
    input: call.input,
  }));
}

/** The argument that tells most, on one line. */
export function argumentOf(input: unknown): string {
  if (typeof input === "string") return oneLine(input);
  if (!isRecord(input)) return input === undefined || input === null ? "" : oneLine(JSON.stringify(input));
  for (const key of [
    "command",
    "path",
    "title",
    "instruction",
    "url",
    "query",
    "question",
    "result",
    "text",
    "reasoning",
  ]) {
    const value = input[key];
    if (typeof value === "string" && value) return oneLine(value);
  }
  const first = Object.values(input).find((value) => typeof value === "string");
  return oneLine(typeof first === "string" ? first : JSON.stringify(input));
}

/** The input as it is read: a command as a command, anything else as JSON. */
export function inputText(input: unknown): string {
  if (typeof input === "string") return input;
  if (isRecord(input) && Object.keys(input).length === 1 && typeof input.command === "string") return input.command;
  return JSON.stringify(input, null, 2) ?? "";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 200);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

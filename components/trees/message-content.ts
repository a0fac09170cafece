/** What the content of a message holds, by its kind: the entries of `core/entries`, as the queries hand them on. */
import type { Entry, EntryKind } from "@/core/log/entries";
import type { Message } from "@/core/shapes/shapes";

type ContentOf<Kind extends EntryKind> = Extract<Entry, { kind: Kind }>["content"];
type Spent<Kind> = Kind extends "agent_response" ? { cost_usd: number } : unknown;

/** A message as the log holds it. Long texts are cut in lists, and `truncated` says so. */
export type LogMessage = {
  [Kind in EntryKind]: Omit<Message, "kind" | "content"> & {
    kind: Kind;
    content: ContentOf<Kind> & Spent<Kind> & { truncated?: boolean };
  };
}[EntryKind];

/** null for a row that was edited outside Banyan until it was no JSON any more: it is shown, but means nothing. */
export function logMessage(message: Message): LogMessage | null {
  return message.content.broken ? null : (message as unknown as LogMessage);
}

/** The text that stands in the message for people to read; "" where there is none. */
export function textOf(message: Message): string {
  const log = logMessage(message);
  switch (log?.kind) {
    case "instruction":
      return log.content.instruction;
    case "tool_response":
    case "steer":
      return log.content.text;
    case "agent_response":
      return textOfParts(log.content.parts, "text");
    default:
      return "";
  }
}

export function textOfParts(parts: ContentOf<"agent_response">["parts"], type: "text" | "reasoning"): string {
  return parts.flatMap((part) => (part.type === type ? [part.text] : [])).join("\n\n");
}

/** Where a tool's main argument stands; of all others the first text counts. */
const MAIN_ARGUMENTS: Record<string, string[]> = {
  break_down_task: ["reasoning"],
  ask: ["question"],
  answer: ["text"],
  end_task: ["result"],
  request_context: ["needed"],
  request_tools: ["needed"],
  flag_for_review: ["issue"],
  stop_subtask: ["reason"],
  use_terminal: ["command"],
  open_repository: ["url", "path"],
  search_files: ["pattern", "query"],
};

/** The argument that tells most, on one line. `input` is text where the model sent no valid JSON. */
export function argumentOf(tool: string, input: unknown): string {
  if (typeof input === "string") return oneLine(input);
  const fields = (input ?? {}) as Record<string, unknown>;
  if (tool === "start_subtask") {
    return oneLine(`${fields.title ?? fields.instruction ?? ""} → ${fields.agent ?? ""}`);
  }
  const named = (MAIN_ARGUMENTS[tool] ?? []).map((key) => fields[key]);
  const text = [...named, ...Object.values(fields)].find((value) => typeof value === "string" && value !== "");
  return oneLine(String(text ?? ""));
}

/** A value as indented lines of `name: value`, which read more easily than its JSON. */
export function readable(value: unknown, indent = ""): string {
  if (typeof value === "string") return value.includes("\n") ? value.replaceAll("\n", `\n${indent}`) : value;
  if (typeof value !== "object" || value === null) return String(value ?? "none");
  const lines = Array.isArray(value)
    ? value.map((one) => `- ${readable(one, `${indent}  `).trimStart()}`)
    : Object.entries(value).map(([key, one]) => `${key}:${nested(one, indent)}`);
  return lines.length > 0 ? lines.join(`\n${indent}`) : "none";
}

function nested(value: unknown, indent: string): string {
  const isBlock = typeof value === "string" ? value.includes("\n") : typeof value === "object" && value !== null;
  const text = readable(value, `${indent}  `);
  return isBlock && text !== "none" ? `\n${indent}  ${text}` : ` ${text}`;
}

/** The input as it is read: a lone command as a command, anything else as lines. */
export function inputText(input: unknown): string {
  const fields = input as Record<string, unknown> | null;
  if (typeof fields === "object" && fields && Object.keys(fields).length === 1 && typeof fields.command === "string") {
    return fields.command;
  }
  return readable(input);
}

export function parseObject(text: string): Record<string, unknown> | null {
  if (!/^\s*[{[]/.test(text)) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 200);
}

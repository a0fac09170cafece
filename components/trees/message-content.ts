/** The content of a message by its kind: the entries of `core/log/entries`, as the queries return them. */
import type { Entry, EntryKind } from "@/core/log/entries";
import type { Message } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";

type ContentOf<Kind extends EntryKind> = Extract<Entry, { kind: Kind }>["content"];
type Spent<Kind> = Kind extends "agent_response" ? { cost_usd: number } : unknown;

/** A message of the log. Lists cut long texts and set `truncated`. */
export type LogMessage = {
  [Kind in EntryKind]: Omit<Message, "kind" | "content"> & {
    kind: Kind;
    content: ContentOf<Kind> & Spent<Kind> & { truncated?: boolean };
  };
}[EntryKind];

/** Returns the typed message; null if its row was edited outside Banyan and is no longer valid JSON. */
export function logMessage(message: Message): LogMessage | null {
  return message.content.broken ? null : (message as unknown as LogMessage);
}

/** Returns the text of a message for people; "" if it has none. */
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

/** The fields with a tool's main argument. For other tools, the first text is the main argument. */
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

/** Returns the main argument of a call on one line. `input` is a text if the model sent invalid JSON. */
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

/** Returns a value as indented lines of `name: value`, which are easier to read than JSON. */
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

/** Returns the input for display: a single command as plain text, anything else as lines. */
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
  return withoutDisguise(text.replace(/\s+/g, " ").trim().slice(0, 200));
}

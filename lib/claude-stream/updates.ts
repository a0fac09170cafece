/** Turns what Claude Code writes as stream-json into updates of the Agent Client Protocol, so that one log takes both. */
import { z } from "zod";

/** An update as `session/update` carries it. */
export type Update = { sessionUpdate: string } & Record<string, unknown>;

const textBlock = z.object({ type: z.literal("text"), text: z.string() });
const callBlock = z.object({
  type: z.literal("tool_use"),
  id: z.string().min(1).max(500),
  name: z.string().max(200),
  input: z.record(z.string(), z.unknown()).catch({}),
});
const resultBlock = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string().min(1).max(500),
  content: z.unknown(),
  is_error: z.boolean().nullish().catch(undefined),
});
const turnShape = z.object({
  type: z.enum(["assistant", "user"]),
  message: z.object({ id: z.string().max(500).optional().catch(undefined), content: z.array(z.unknown()) }),
  /** The call of a subagent that this belongs to. */
  parent_tool_use_id: z.string().nullish().catch(undefined),
  tool_use_result: z.object({ originalFile: z.string().nullish() }).optional().catch(undefined),
});

/** Calls that have not ended yet, with what their end needs of their beginning. */
type Open = Map<string, { input: Record<string, unknown>; name: string }>;

const MOST_OPEN = 1_000;

/** Returns the function that turns one message into its updates; other messages have none. */
export function updatesReader(): (message: unknown) => Update[] {
  const open: Open = new Map();
  return (message) => {
    const { data } = turnShape.safeParse(message);
    if (!data) return [];
    const { content, id } = data.message;
    const before = data.tool_use_result?.originalFile ?? null;
    return content.flatMap((block) =>
      data.type === "assistant"
        ? begun(open, block, data.parent_tool_use_id ? null : (id ?? null))
        : ended(open, block, before),
    );
  };
}

/** `messageId` is null for a subagent: what it says is for the agent. */
function begun(open: Open, block: unknown, messageId: string | null): Update[] {
  const { data: said } = textBlock.safeParse(block);
  if (said) {
    const content = { type: "text", text: said.text };
    return messageId === null ? [] : [{ sessionUpdate: "agent_message_chunk", messageId, content }];
  }
  const { data: call } = callBlock.safeParse(block);
  if (!call) return [];
  const { id: toolCallId, name, input } = call;
  if (open.size < MOST_OPEN) open.set(toolCallId, { input, name });
  const file = fileOf(input);
  const update = {
    sessionUpdate: "tool_call",
    toolCallId,
    title: titleOf(name, input),
    kind: kindOf(name),
    status: "pending",
    rawInput: input,
    content: diffsOf(name, input, null),
    ...(file !== null && { locations: [{ path: file }] }),
  };
  const plan = name === "TodoWrite" ? planOf(input) : null;
  return plan ? [update, plan] : [update];
}

function ended(open: Open, block: unknown, before: string | null): Update[] {
  const { data } = resultBlock.safeParse(block);
  if (!data) return [];
  const { tool_use_id: toolCallId, is_error } = data;
  const { name = "", input = {} } = open.get(toolCallId) ?? {};
  open.delete(toolCallId);
  const diffs = is_error ? [] : diffsOf(name, input, before);
  const text = { type: "content", content: { type: "text", text: textOf(data.content) } };
  const status = is_error ? "failed" : "completed";
  return [{ sessionUpdate: "tool_call_update", toolCallId, status, content: [text, ...diffs] }];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((block) => textBlock.safeParse(block).data?.text ?? []).join("");
}

const KINDS: Readonly<Record<string, string>> = {
  Read: "read",
  NotebookRead: "read",
  LS: "read",
  Glob: "search",
  Grep: "search",
  Edit: "edit",
  MultiEdit: "edit",
  Write: "edit",
  NotebookEdit: "edit",
  Bash: "execute",
  BashOutput: "execute",
  KillBash: "execute",
  KillShell: "execute",
  WebFetch: "fetch",
  WebSearch: "fetch",
  Task: "think",
  Agent: "think",
  TodoWrite: "think",
  Skill: "think",
  EnterPlanMode: "switch_mode",
  ExitPlanMode: "switch_mode",
};

/** Returns the protocol's kind of a tool. */
export function kindOf(tool: string): string {
  return Object.hasOwn(KINDS, tool) ? (KINDS[tool] as string) : "other";
}

/** Returns what people read of a call. */
export function titleOf(tool: string, input: Record<string, unknown>): string {
  if (tool === "Bash" && typeof input.command === "string") return input.command;
  const what = fileOf(input) ?? [input.pattern, input.url, input.description].find((text) => typeof text === "string");
  return what === undefined ? tool : `${tool} ${what}`;
}

function fileOf({ file_path, notebook_path }: Record<string, unknown>): string | null {
  if (typeof file_path === "string") return file_path;
  return typeof notebook_path === "string" ? notebook_path : null;
}

const editShape = z.object({ old_string: z.string(), new_string: z.string() });

function diffsOf(tool: string, input: Record<string, unknown>, before: string | null) {
  const path = fileOf(input);
  if (path === null) return [];
  if (tool === "Write" && typeof input.content === "string")
    return [{ type: "diff", path, oldText: before, newText: input.content }];
  const edits = tool === "Edit" ? [input] : tool === "MultiEdit" && Array.isArray(input.edits) ? input.edits : [];
  return edits.flatMap((edit) => {
    const { data } = editShape.safeParse(edit);
    return data ? [{ type: "diff", path, oldText: data.old_string, newText: data.new_string }] : [];
  });
}

function planOf({ todos }: Record<string, unknown>): Update | null {
  return Array.isArray(todos) ? { sessionUpdate: "plan", entries: todos } : null;
}

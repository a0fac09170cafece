/**
 * What spans tell: names and figures, by the conventions of OpenTelemetry for generative AI where these have a name. Texts
 * of people, models and tools are told only where content is asked for.
 */
import type { CallMode, Entry } from "@/core/log/entries";
import type { Usage } from "@/core/log/model";
import { isProgram } from "@/core/programs/names";
import type { SpanAttributes, TracedTask } from "./span";

/** Returns a text as a span may hold it: without secrets, and cut. null: content is not asked for. */
export type Content = ((value: unknown) => string) | null;

/** The names of the conventions for providers that are not called so in models' names. */
const PROVIDERS: Readonly<Record<string, string>> = { bedrock: "aws.bedrock", google: "gcp.gemini" };

/** The provider of a program that takes the place of a model. */
const OWN_PROVIDER = "banyan";

export function treeAttributes({ treeUid, title, tree }: TracedTask, status: string, content: Content): SpanAttributes {
  return {
    "banyan.tree.id": treeUid,
    "banyan.status": status,
    "banyan.tree.tasks": tree.tasks,
    "banyan.cost_usd": tree.microUsd / 1_000_000,
    "gen_ai.usage.input_tokens": tree.tokensIn,
    "gen_ai.usage.output_tokens": tree.tokensOut,
    ...(tree.isSystem && { "banyan.tree.is_system": true }),
    ...(content && { "banyan.title": content(title) }),
  };
}

export function taskAttributes(task: TracedTask, attempt: number, content: Content): SpanAttributes {
  return {
    ...ofTask(task),
    "gen_ai.operation.name": "invoke_agent",
    "banyan.task.role": task.role,
    ...(task.purpose && { "banyan.task.purpose": task.purpose }),
    ...(task.runbook && { "banyan.runbook": task.runbook }),
    "banyan.task.depth": task.depth,
    "banyan.task.attempt": attempt,
    "banyan.cost_usd": task.microUsd / 1_000_000,
    ...askedModel(task),
    "gen_ai.usage.input_tokens": task.tokensIn,
    "gen_ai.usage.output_tokens": task.tokensOut,
    ...(content && { "banyan.title": content(task.title) }),
  };
}

/** What the spans of a task have in common. */
export function ofTask({ treeUid, uid, agent }: TracedTask): SpanAttributes {
  return { "banyan.tree.id": treeUid, "banyan.task.id": uid, "gen_ai.agent.name": agent };
}

export function modelAttributes(task: TracedTask): SpanAttributes {
  return { ...ofTask(task), "gen_ai.operation.name": "chat", ...askedModel(task) };
}

/** The task's model by the provider's own name, so that a search finds its tasks and its calls alike. */
function askedModel({ model, uid }: TracedTask): SpanAttributes {
  const [provider = "", ...name] = isProgram(model) ? [OWN_PROVIDER, model] : model.split("/");
  return {
    "gen_ai.provider.name": PROVIDERS[provider] ?? provider,
    "gen_ai.request.model": name.join("/"),
    "gen_ai.conversation.id": uid,
  };
}

export function usageAttributes({
  inputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  outputTokens,
}: Usage): SpanAttributes {
  return {
    "gen_ai.usage.input_tokens": inputTokens,
    "gen_ai.usage.output_tokens": outputTokens,
    "gen_ai.usage.cache_read.input_tokens": cacheReadTokens,
    "gen_ai.usage.cache_creation.input_tokens": cacheWriteTokens,
  };
}

export function replyAttributes(entry: Entry & { kind: "agent_response" }, content: Content): SpanAttributes {
  const { parts, stopReason } = entry.content;
  const said = parts.flatMap((part) => (part.type === "call" ? [] : [{ type: part.type, content: part.text }]));
  return {
    ...usageAttributes(entry.usage),
    "gen_ai.response.finish_reasons": [stopReason],
    "banyan.cost_usd": entry.microUsd / 1_000_000,
    ...(content && {
      "gen_ai.output.messages": content([{ role: "assistant", parts: said, finish_reason: stopReason }]),
    }),
  };
}

/** A call as the log tells it. */
export interface TracedCall {
  id: string;
  /** `unknown` where the model called a tool that does not exist: its name is the model's own text. */
  tool: string;
  mode: CallMode;
  input: unknown;
}

/** A tool that runs commands of an agent. Its answer is JSON with the exit status. */
const TERMINAL = "use_terminal";

export function toolAttributes(task: TracedTask, call: TracedCall, content: Content): SpanAttributes {
  return {
    ...ofTask(task),
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": call.tool,
    "gen_ai.tool.call.id": call.id,
    "gen_ai.tool.type": call.mode === "control" ? "extension" : "function",
    ...(content && { "gen_ai.tool.call.arguments": content(call.input) }),
  };
}

/** Returns how long a command of an agent ran, and what its span tells; null for a call of another tool. */
export function commandOf(
  task: TracedTask,
  { tool, input }: TracedCall,
  text: string,
  content: Content,
): { ms: number | null; attributes: SpanAttributes } | null {
  if (tool !== TERMINAL) return null;
  const answer = fieldsOf(text);
  const { exit_status: exitStatus, duration_ms: ms, ended_by: endedBy } = answer;
  if (exitStatus === undefined) return null;
  const attributes: SpanAttributes = {
    ...ofTask(task),
    ...(typeof exitStatus === "number" && { "process.exit.code": exitStatus }),
    ...(typeof endedBy === "string" && { "banyan.command.ended_by": endedBy }),
    ...(content && { "process.command_line": content((input as { command?: unknown } | null)?.command ?? "") }),
  };
  return { ms: typeof ms === "number" ? ms : null, attributes };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    // A long answer is stored as a part of its text.
    return {};
  }
}

/** The form of a tool of the MCP server, and the context of one call. */
import type { CallToolResult, ClientCapabilities, InputRequiredResult } from "@modelcontextprotocol/server";
import type { z } from "zod";
import type { GuardedApplication, Method } from "@/agents/guard/guard";
import type { McpRecords } from "@/core/a2a/records";
import type { createIdempotency } from "@/lib/http/idempotency";
import type { McpAnswers } from "./answers";

/** How long calls and answers may take. */
export interface McpTimes {
  /** A tool that waits for a tree answers after this time at the latest: clients give up after a minute. */
  waitMs: number;
  /** A stream without news carries a comment this often, because clients take silence for an outage. */
  keepAliveMs: number;
  /** An answer that is ready within this time is one JSON document; a later one is a stream. */
  patienceMs: number;
}

export interface McpCall {
  app: GuardedApplication;
  /** Runs a call with an idempotency key only once. */
  once: ReturnType<typeof createIdempotency>;
  times: McpTimes;
  /** Which token started a tree. */
  records: McpRecords;
  /** What the client can do; nothing for clients of versions before 2026. */
  client: ClientCapabilities;
  /** Ends when the caller cancels or hangs up. */
  signal: AbortSignal;
  /** The person's answers, by the id of the question. They come from the client, so nothing about them is sure. */
  answers: Record<string, unknown>;
  /** Set when the client repeats a call with answers. */
  round: { tree: string; round: number } | null;
  /** Reports the progress of the call to the caller. Does nothing unless the caller asked for it. */
  tell(message: string): Promise<void>;
}

/** A tool that asks its caller, or has started a task of the protocol, answers with this instead of a result of its own. */
export type OfProtocol = InputRequiredResult | CallToolResult;

export interface McpTool {
  name: string;
  description: string;
  input: z.ZodType;
  /** The tool whose answers this one gives: itself, or the tool that it is another name of. */
  answers: keyof McpAnswers;
  /** Whether it is another name of a tool, which only clients that ask for such names see in the list. */
  isOtherName?: true;
  /** Whether the tool only looks. */
  isReading: boolean;
  /** The method that the tool calls. Callers without permission for it do not see the tool. */
  calls: Method;
  run(call: McpCall, input: unknown): Promise<object>;
}

export function tool<Name extends keyof McpAnswers, Input>(
  of: Omit<McpTool, "name" | "answers" | "input" | "run" | "isReading"> & {
    name: Name;
    isReading?: boolean;
    input: z.ZodType<Input>;
    run(call: McpCall, input: Input): Promise<McpAnswers[Name] | OfProtocol>;
  },
): McpTool {
  return {
    isReading: false,
    answers: of.name,
    ...of,
    run: (call, input) => of.run(call, of.input.parse(input)),
  };
}

/** Another name of a tool, for programs that know it from other servers. `into` makes the tool's own arguments. */
export function alias<Input extends object>(
  of: McpTool,
  { name, input, into = (given) => given }: { name: string; input: z.ZodType<Input>; into?(given: Input): object },
): McpTool {
  return {
    ...of,
    name,
    isOtherName: true,
    description: `Another name of ${of.name}.`,
    input,
    run: (call, given) => of.run(call, into(input.parse(given))),
  };
}

/** Some clients show the model only the text, others only the structure, so both say the same. */
export function toolResult(result: object): CallToolResult {
  const text = JSON.stringify(result, null, 2);
  return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) };
}

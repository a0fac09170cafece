/** What a tool of the MCP server is, and what it gets for one call. */
import type { z } from "zod";
import type { Commands, Queries } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { createIdempotency } from "@/lib/http/idempotency";

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
  /** Starts what carries an idempotency key only once. */
  once: ReturnType<typeof createIdempotency>;
  times: McpTimes;
  /** Ends when the caller cancels or hangs up. */
  signal: AbortSignal;
  /** Whether the client can ask its person a question. */
  asksPeople: boolean;
  /** The person's answers, by the id of the question. They come from the client, so nothing about them is sure. */
  answers: Record<string, unknown>;
  /** Set when the client repeats a call with answers. */
  round: { tree: string; round: number } | null;
  /** Tells the caller how the call gets on. Does nothing unless the caller asked for it. */
  tell(message: string): Promise<void>;
}

export interface McpTool {
  name: string;
  description: string;
  input: z.ZodType;
  /** Whether the tool only looks. */
  isReading: boolean;
  /** The method that the tool calls. Callers without permission for it do not see the tool. */
  calls: keyof Queries | keyof Commands;
  run(call: McpCall, input: unknown): Promise<object>;
}

export function tool<Input, Output extends object>(
  of: Omit<McpTool, "input" | "run" | "isReading"> & {
    isReading?: boolean;
    input: z.ZodType<Input>;
    run(call: McpCall, input: Input): Promise<Output>;
  },
): McpTool {
  return {
    isReading: false,
    ...of,
    run: (call, input) => of.run(call, of.input.parse(input)),
  };
}

/** What `run_coding_agent` takes: one piece of work, or several at once. */
import { z } from "zod";

const TIMEOUT_MAX_SECONDS = 24 * 3600;
export const TIMEOUT_SECONDS = 3600;
export const LAST = "last";
/** They share the machine and the task's grant. */
export const MOST_AT_ONCE = 5;

const agent = z
  .string()
  .min(1)
  .max(60)
  .describe("The coding agent: claude, codex, opencode, gemini, or another one that this machine's settings name.");
const prompt = z.string().min(1).max(200_000).describe("What the agent is to do, with everything that it has to know.");
const session = z
  .string()
  .min(1)
  .max(500)
  .optional()
  .describe(
    `The session of an earlier call of this task to go on with, or ${LAST}: the last one, also when its call was cut. Default: a new one.`,
  );

const piece = z.strictObject({ agent, prompt, session });

/** One piece of work. */
export type Piece = z.output<typeof piece>;

const ONE_FORM = "Give either `agent` and `prompt`, or `work` alone.";

export const input = z
  .strictObject({
    agent: agent.optional(),
    prompt: prompt.optional(),
    session,
    work: z
      .array(piece)
      .min(1)
      .max(MOST_AT_ONCE)
      .optional()
      .describe(
        "Instead of the fields above: pieces of work for agents that work at once, in the same workspace, so give them different files.",
      ),
    timeout_seconds: z
      .number()
      .positive()
      .max(TIMEOUT_MAX_SECONDS)
      .optional()
      .describe(`Seconds after which all agents of the call are stopped. Default: ${TIMEOUT_SECONDS}.`),
  })
  .refine(
    ({ agent, prompt, session, work }) =>
      work === undefined
        ? agent !== undefined && prompt !== undefined
        : agent === undefined && prompt === undefined && session === undefined,
    ONE_FORM,
  );

export type Input = z.output<typeof input>;

/** Returns the pieces of work, and whether the call gave a list. */
export function piecesOf({ agent = "", prompt = "", session, work }: Input): { pieces: Piece[]; isList: boolean } {
  return work ? { pieces: work, isList: true } : { pieces: [{ agent, prompt, session }], isList: false };
}

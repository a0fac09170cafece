/** Several agents at once: the home of each, what people see of them, and one answer of all. */
import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import { WorkspaceError } from "@/lib/workspace/path";
import type { Answer } from "./answer";
import { LAST, MOST_AT_ONCE, type Piece } from "./input";
import type { LastSession } from "./sessions";

/** The last session that an agent's home of this place has; null when it has none. */
type LastIn = (agent: string, place: number) => LastSession | null;

/**
 * Returns the place of each piece's home, from 1. A piece that names a session works where that is; the others of the
 * same agent take the free places in their order, so that the same list with `session: last` finds its sessions again.
 */
export function placesOf(pieces: readonly Piece[], lastIn: LastIn): number[] {
  const named = pieces.map(({ agent, session }) => {
    if (session === undefined || session === LAST) return null;
    return PLACES.find((place) => lastIn(agent, place)?.session === session) ?? null;
  });
  const taken = new Set<string>();
  const take = (agent: string, place: number) => taken.add(`${agent} ${place}`).size;
  pieces.forEach(({ agent }, at) => {
    const place = named[at] ?? null;
    if (place === null) return;
    const before = taken.size;
    if (take(agent, place) === before)
      throw new WorkspaceError(`Two pieces of work name the same session of ${agent}; give each its own.`);
  });
  return pieces.map(({ agent }, at) => {
    const own = named[at] ?? PLACES.find((place) => !taken.has(`${agent} ${place}`)) ?? 1;
    take(agent, own);
    return own;
  });
}

/** The numbers of the homes that an agent can have in one call. */
export const PLACES = Array.from({ length: MOST_AT_ONCE }, (_, at) => at + 1);

/**
 * Returns the context of each piece, so that people see whose progress and output they read. Each has a signal of its
 * own, because Node warns of more than ten listeners at one.
 */
export function contextsOf(context: ToolContext, pieces: readonly Piece[]): ToolContext[] {
  if (pieces.length === 1) return [context];
  let speaker = -1;
  return pieces.map(({ agent }, at) => {
    const label = `[${at + 1} ${agent}]`;
    return {
      ...context,
      ...(context.resumed && { resumed: context.resumed.slice(at, at + 1) }),
      onExecutor: (event) => context.onExecutor?.({ ...event, piece: at }) ?? Promise.resolve(),
      signal: AbortSignal.any([context.signal]),
      onProgress: (line) => context.onProgress?.(`${label} ${line}`),
      onOutput: (text, stream) => {
        const isSame = speaker === at;
        speaker = at;
        context.onOutput?.(isSame ? text : `\n${label}\n${text}`, stream);
      },
    };
  });
}

/** Returns one answer with all of them in their order. It is no error while one of them has done its work. */
export function answerOfAll(answers: readonly Answer[]): ToolOutcome {
  const failed = answers.filter(({ reason }) => reason !== null).length;
  const content = JSON.stringify({ done: answers.length - failed, failed, work: answers });
  const first = answers.find(({ reason }) => reason !== null)?.reason ?? null;
  return { content, isError: failed === answers.length, ...executorFault(first) };
}

/** Returns the code for the log. */
export function executorFault(reason: Answer["reason"]): Pick<ToolOutcome, "fault"> {
  return reason === null ? {} : { fault: `executor_${reason}` };
}

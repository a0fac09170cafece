/**
 * Starts an agent's program and lets it work. A start that fails is tried again, and then in the next way in which the
 * agent can be reached; a prompt that was sent is never sent again, because the agent may have done something.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Conversation, converse, type Fault, type Told } from "@/lib/acp/converse";
import type { Executable } from "@/lib/acp/executable";
import type { AgentProcess } from "@/lib/acp/lines";
import { converseByStream, type Opening, streamArguments } from "@/lib/claude-stream/converse";
import type { Executor } from "./executors";

/** How Banyan talks with an agent. */
type WayName = "acp" | "stream-json";

export interface Way {
  name: WayName;
  executable: Executable;
}

/** Resolves with the ways that the machine has, best first. */
export async function waysTo(
  { programs, streamPrograms = [] }: Executor,
  find: (names: readonly string[]) => Promise<Executable | null>,
): Promise<Way[]> {
  const acp = await find(programs);
  const stream = await find(streamPrograms);
  return [
    ...(acp ? [{ name: "acp" as const, executable: acp }] : []),
    ...(stream ? [{ name: "stream-json" as const, executable: stream }] : []),
  ];
}

export interface Drive {
  executor: Executor;
  ways: readonly [Way, ...Way[]];
  conversation: Conversation;
  /** What its programs may cost, as a limit of their own; null: unknown. */
  budgetUsd(): number | null;
  start(way: Way, args: readonly string[]): Promise<AgentProcess>;
}

export interface Driven {
  told: Told;
  way: Way;
  /** How often a program was started. */
  starts: number;
  /** Why the ways before this one failed. */
  missed: { way: WayName; fault: Fault }[];
}

const MOST_STARTS = 3;
/** Before the second start; it grows with each one. */
const BACK_OFF_MS = 500;

/** Rejects when the sandbox cannot start a program. */
export async function drive(given: Drive): Promise<Driven> {
  const missed: Driven["missed"] = [];
  let starts = 0;
  let conversation = given.conversation;
  for (let at = 0, tries = 1; ; ) {
    const way = given.ways[at] ?? given.ways[0];
    starts += 1;
    const told = await once(given, way, conversation);
    const { fault } = told;
    const driven = { told, way, starts, missed };
    if (fault === null || told.isPrompted || conversation.signal.aborted) return driven;
    if (fault.code === "lost_session" && conversation.session) {
      conversation = withoutSession(conversation);
      continue;
    }
    const again = isWorthAnother(fault) && tries < MOST_STARTS;
    if (!again && at + 1 === given.ways.length) return driven;
    if (!again) missed.push({ way: way.name, fault });
    await pause(BACK_OFF_MS * tries ** 2, conversation);
    if (conversation.signal.aborted) return driven;
    at = again ? at : at + 1;
    tries = again ? tries + 1 : 1;
  }
}

/** Another version or sign-in will not come by itself, and a slow start has taken its time already. */
function isWorthAnother({ code }: Fault): boolean {
  return code === "ended" || code === "error";
}

async function pause(ms: number, { signal, onActivity }: Conversation): Promise<void> {
  onActivity();
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

async function once(given: Drive, way: Way, { signal, ...rest }: Conversation): Promise<Told> {
  // A signal of its own, so that what listens to it goes with the start.
  const conversation = { ...rest, signal: AbortSignal.any([signal]) };
  const { args, talk } =
    way.name === "acp"
      ? { args: given.executor.args, talk: (process: AgentProcess) => converse(process, conversation) }
      : byStream(conversation, given.budgetUsd());
  const process = await given.start(way, args);
  try {
    return await talk(process);
  } finally {
    // Its commands may outlive it, so all of them are ended. Its changes are in the workspace by then.
    await process.kill();
  }
}

/** Other texts are no session of Claude's, and one that begins with a hyphen would be an option. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function byStream(conversation: Conversation, budgetUsd: number | null) {
  const { session } = conversation;
  const isResumed = session !== undefined && UUID.test(session.id);
  const opening: Opening = { session: isResumed ? session.id : randomUUID(), isResumed };
  const own = isResumed ? conversation : withoutSession(conversation);
  return {
    args: streamArguments(opening, budgetUsd),
    talk: (process: AgentProcess) => converseByStream(process, own, opening),
  };
}

/** Returns the conversation that begins a new session. */
function withoutSession({ session, ...conversation }: Conversation): Conversation {
  return { ...conversation, prompt: session?.promptWithout ?? conversation.prompt };
}

/**
 * What Banyan keeps of a coding agent between two calls of a task: the agent's own home, with its sessions, and beside
 * it, where the agent cannot write, which session was the last one. By it, a call that was cut is found again.
 */
import { z } from "zod";
import type { Workplace } from "@/lib/workplace/port";

const lastShape = z.object({
  session: z.string().min(1).max(500),
  prompt: z.string(),
  /** The agent's last message; null while it works, and when it was cut. */
  message: z.string().nullable(),
  /** The names of its calls. */
  calls: z.array(z.string()),
  /** What its call was told, when it had done its work. */
  answer: z.record(z.string(), z.unknown()).optional(),
});

export type LastSession = z.output<typeof lastShape>;

export interface AgentFolder {
  last(): Promise<LastSession | null>;
  keep(session: LastSession): Promise<void>;
}

/**
 * `place` is 1, or more for an agent that works several times at once: each has a home of its own, where the others change
 * nothing.
 */
export function agentFolder({ codingAgents }: Workplace, name: string, place: number): AgentFolder {
  return {
    last: async () => sessionIn(await codingAgents.last(name, place)),
    keep: (session) => codingAgents.keep(name, place, JSON.stringify(session)),
  };
}

function sessionIn(text: string | null): LastSession | null {
  if (text === null) return null;
  try {
    return lastShape.parse(JSON.parse(text));
  } catch {
    // The process died while it wrote.
    return null;
  }
}

/** Tells an agent that does not know its earlier session any more what happened in it. */
export function recap({ prompt, message, calls }: LastSession): string {
  const work = calls.length === 0 ? "" : `\nYou made these calls: ${calls.join("; ")}.`;
  const end =
    message === null
      ? "\nYou were cut off, and what the last of it did is unknown. Look at the files before you go on."
      : `\nYour last message was:\n${message}`;
  return `You worked on this before, in a session that is lost. You were asked:\n${prompt}${work}${end}\n\nGo on with this:\n`;
}

/** Tells an agent that continues after its call was cut what is known about its work. */
export function resumption(executed: readonly { title: string; status: string }[]): string {
  const titles = executed.slice(-LISTED_CALLS).map(({ title, status }) => `${title} (${status})`);
  const ended =
    titles.length === 0
      ? "No call of yours had ended."
      : `These calls of yours had ended: ${titles.join("; ")}. Do not run them again.`;
  return `You were cut off in the middle of your work. ${ended} Whether another one had begun, and what it did, is unknown: look at the files before you repeat it. Where you waited for a permission, ask for exactly the same again; it may have been decided meanwhile. Go on with the task.`;
}

const LISTED_CALLS = 100;

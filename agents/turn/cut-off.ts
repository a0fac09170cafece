/** What a call that was cut off leaves behind: a tool that could not answer any more has often printed what matters. */
import type { ToolContext, ToolOutcome, WorldTool } from "@/agents/tools/contract/tool";
import type { Call } from "@/core/state";
import { shownIn } from "@/lib/terminals/shown";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

/**
 * A tool that keeps its time itself gets this much more to say what it has: its own limit ends the work first, and what
 * follows, such as a look at what the command left, is not cut.
 */
const LAST_WORDS_MS = 5_000;
/** A call may be silent this long when the agent gave it at least as much time. */
const STATED_SILENT_MS = 120_000;
/** As much as a model reads of one result. */
const KEPT_CHARS = 60_000;

/** Returns when the host ends the call, and how long the call may show no sign of life: longer when the agent stated its time. */
export function callTimes(
  { limits }: World,
  tool: WorldTool | undefined,
  timeoutMs: number,
  statedMs: number | undefined,
): { longestMs: number; silentMs: number | null } {
  const silentMs =
    statedMs === undefined ? limits.silentMs : Math.max(limits.silentMs, Math.min(statedMs, STATED_SILENT_MS));
  return {
    longestMs: timeoutMs + (tool?.keepsTime ? LAST_WORDS_MS : 0),
    silentMs: tool?.showsLife ? silentMs : null,
  };
}

/** What a call that was cut off had printed may come from outside, as its answer would. */
export function cutOff(world: World, { state }: OpenTask, call: Call): Pick<ToolOutcome, "isError" | "outside"> {
  const isOutside = world.catalogue.world.get(call.tool) === undefined || world.callCheck.mayLeaveOutside(state, call);
  return { isError: true, ...(isOutside && { outside: true }) };
}

export interface Printed extends Required<Pick<ToolContext, "onProgress" | "onOutput">> {
  /** Returns the end of what was printed, as a terminal would show it. */
  text(): Promise<string>;
}

/** Keeps the end of what a tool prints and reports, and passes all of it on. */
export function keepPrinted({ onProgress, onOutput }: Required<Pick<ToolContext, "onProgress" | "onOutput">>): Printed {
  let kept = "";
  let isCut = false;
  const keep = (text: string) => {
    kept += text;
    if (kept.length <= 2 * KEPT_CHARS) return;
    kept = kept.slice(-KEPT_CHARS);
    isCut = true;
  };
  return {
    onProgress(line) {
      keep(`${line}\n`);
      onProgress(line);
    },
    onOutput(text, stream) {
      keep(text);
      onOutput(text, stream);
    },
    async text() {
      const shown = await shownIn(kept, "pipe");
      const end = shown.trim().slice(-KEPT_CHARS);
      return isCut || end.length < shown.trim().length ? `[…]\n${end}` : end;
    },
  };
}

/** Returns the sentence with what the call said before it was cut off: its outcome, or what it had printed. */
export async function withPrinted(sentence: string, printed: Printed, outcome: ToolOutcome | null): Promise<string> {
  const said = outcome?.content || (await printed.text());
  return said === "" ? sentence : `${sentence} Until then:\n${said}`;
}

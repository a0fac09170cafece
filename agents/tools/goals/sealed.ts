/** Decides what agents learn about a run with hidden tests: which behaviour fails, and never what these tests print. */
import type { ToolContext } from "@/agents/tools/contract/tool";
import { cut } from "@/core/goals/facts/record";
import { type Ran, run } from "./commands";
import type { Rooms } from "./rooms";

const MOST_NAMES = 5;

/** Returns the run with the text that agents may read; the same run when no tests are hidden. */
export function sealed(ran: Ran, { hidden }: Pick<Rooms, "hidden">): Ran {
  if (hidden.length === 0) return ran;
  const names = (ran.counts?.failing ?? []).slice(0, MOST_NAMES).map((name) => cut(name, 120));
  const told =
    names.length > 0 ? `Tests that you do not see fail: ${names.join("; ")}` : "A test that you do not see fails.";
  return { ...ran, told };
}

/**
 * Returns a failed run with the text that agents may read: the output of the same command without the hidden tests
 * where that fails, too, else the names of the hidden tests that fail.
 */
export async function toldOf(
  { command, ran, holds }: { command: string; ran: Ran; holds: (ran: Ran) => boolean },
  rooms: Rooms,
  context: ToolContext,
): Promise<Ran> {
  if (rooms.hidden.length === 0) return ran;
  if (holds(ran)) return { ...ran, told: "" };
  const seen = await rooms.in({ how: "with_new_tests", isVisible: true }, (room) => run(context, room, command));
  return holds(seen) ? sealed(ran, rooms) : { ...ran, told: seen.output };
}

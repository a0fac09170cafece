/** Measures how long the turns of a task take under one lease. */
import { isProgram } from "@/core/programs/names";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

export interface TurnClock {
  /** A call of the model begins, which may begin a turn. */
  begin(): void;
  /** Nothing is left to do of the turn that has begun, if one has. A call of the model without a reply is no turn. */
  end(): void;
}

export function startTurnClock({ now, counts }: Pick<World, "now" | "counts">, task: OpenTask): TurnClock {
  let begun: { turn: number; atMs: number } | null = null;
  return {
    begin() {
      begun = { turn: task.state.turn, atMs: now() };
    },
    end() {
      if (begun !== null && task.state.turn > begun.turn && !isProgram(task.state.setup.model))
        counts.observe("banyan_turn_duration_seconds", {}, (now() - begun.atMs) / 1_000);
      begun = null;
    },
  };
}

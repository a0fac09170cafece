/** Asks the tasks above for more of the grant when a task's share has run out. */
import { type Amount, NO_CAPS } from "@/core/log/amounts";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { wishFor } from "@/core/rules/borrowing";
import { type OpenTask, rereadLetters } from "./open-task";
import type { World } from "./world";

/**
 * Returns whether a task above lent what this one lacks. The grant is larger then, and a letter says by how much, which
 * the task reads before its next step.
 */
export async function borrow(world: World, task: OpenTask, lacks: { least: Amount; usual: Amount }): Promise<boolean> {
  const { claim, state } = task;
  const { assignment } = state;
  if (claim.parentId === null || assignment.fixedShares || state.lastTurn !== null) return false;
  const ceiling = withinGrantOf(NO_CAPS, world.configuration.agentBody(state.setup.agent, state.setup.pinned));
  const wish = wishFor({ share: assignment.grant, borrowed: state.borrowed, ceiling }, lacks);
  if (!wish || !(await world.loans.lend(claim, wish))) return false;
  task.grant = world.loader.grantOf(claim.id);
  rereadLetters(world, task);
  return true;
}

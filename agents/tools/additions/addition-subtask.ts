/** The subtask in which `tool_addition` or `context_addition` finds what a task asks for and nobody has, or makes it. */

import type { ControlView, SubtaskRequest } from "@/agents/tools/contract/control";
import type { Call } from "@/core/state";

/** Whoever makes tools, plans or chooses asks nobody to do it for them. */
const UNAIDED: ReadonlySet<string> = new Set(["tool_addition", "context_addition", "task_breakdown", "agent_selector"]);

/** null: the task is not helped so; it reads that nothing fits. */
export function additionSubtask(
  agent: "tool_addition" | "context_addition",
  needed: string,
  call: Call,
  view: ControlView,
): SubtaskRequest | null {
  const { state } = view;
  // A runbook says itself what it needs, and nobody there could write what is missing.
  // Where a list of tools holds, nobody with other tools works on its behalf.
  if (
    state.setup.within ||
    state.assignment.role === "finishing" ||
    UNAIDED.has(state.setup.agent) ||
    state.setup.model === "runbook"
  )
    return null;
  const what = agent === "tool_addition" ? "to be able to do" : "to know";
  const request: SubtaskRequest = {
    call,
    title: `${agent === "tool_addition" ? "Tools" : "Context"}: ${needed}`.split("\n", 1)[0]?.slice(0, 120) ?? agent,
    agent,
    instruction: `The task “${state.assignment.title}” (${state.setup.agent}) needs ${what}:\n${needed}\n\nWhat it works on:\n${state.assignment.instruction.slice(0, 4_000)}`,
    dependsOn: [],
    workspace: "shared",
    criteria: null,
    grant: {},
  };
  return view.mayStart(request) ? request : null;
}

/** Builds the subtask in which `tool_addition` or `context_addition` finds or makes what a task lacks. */
import type { ControlView, SubtaskRequest } from "@/agents/tools/contract/control";
import { withoutMiddle } from "@/core/output-share";
import { isProgram } from "@/core/programs/names";
import type { Call } from "@/core/state";

/** Agents that make tools, plan or choose agents. They must not ask another agent to do it for them. */
const UNAIDED: ReadonlySet<string> = new Set(["tool_addition", "context_addition", "task_breakdown", "agent_selector"]);

const INSTRUCTION_CHARS = 4_000;

/** Returns null when this task gets no helper; its agent then reads that nothing fits. */
export function additionSubtask(
  agent: "tool_addition" | "context_addition",
  needed: string,
  call: Call,
  view: Pick<ControlView, "state" | "mayStart">,
): SubtaskRequest | null {
  const { state } = view;
  // A runbook names what it needs, and has no model that could write what is missing.
  // A task confined to a list of tools must not get other tools through a helper.
  if (
    state.setup.within ||
    state.assignment.role === "finishing" ||
    UNAIDED.has(state.setup.agent) ||
    isProgram(state.setup.model)
  )
    return null;
  const what = agent === "tool_addition" ? "tools for" : "to know";
  const request: SubtaskRequest = {
    call,
    title: `${agent === "tool_addition" ? "Tools" : "Context"}: ${needed}`.split("\n", 1)[0]?.slice(0, 120) ?? agent,
    agent,
    instruction: `The task “${state.assignment.title}” (${state.setup.agent}) needs ${what}:\n${needed}\n\nIts instruction:\n${withoutMiddle(state.assignment.instruction, INSTRUCTION_CHARS)}`,
    dependsOn: [],
    workspace: "shared",
    criteria: null,
    grant: {},
  };
  return view.mayStart(request) ? request : null;
}

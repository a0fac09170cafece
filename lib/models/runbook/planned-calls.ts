import type { ToolCallRequest } from "@/core/log/model";
import type { Conversation } from "@/core/programs/conversation";
import type { Value, ValueMap } from "@/core/programs/json";
import { evaluate } from "./evaluate";
import { fill, fillInputs, type Progress } from "./progress";
import { type Loop, MAX_ITEMS, type Step, type StepAction } from "./runbook";
import { namingLine } from "./select";
import { renderTemplate } from "./template";
import { elementsOf, ValueFault } from "./value";

export interface PlannedCall {
  call: ToolCallRequest;
  /** The loop element of the call; null without a loop. */
  item: Value;
}

type Names = ReadonlyMap<string, Value>;

/**
 * Returns the calls of one step, in order. Their ids derive from the step and the position in the loop, so their
 * answers can be found again.
 */
export function plannedCalls(
  step: Step,
  action: Extract<StepAction, { verb: "call" | "start_subtasks" | "ask" | "write" }>,
  progress: Progress,
  idPrefix: string,
): PlannedCall[] {
  const id = (place: number) => `${idPrefix}-${step.number}-${place}`;
  const call = (place: number, name: string, input: ValueMap) => ({ id: id(place), name, input });
  const names = progress.names();
  switch (action.verb) {
    case "ask":
      return [{ item: null, call: call(1, "ask", { question: questionText(action, names) }) }];
    case "write": {
      const [path, content] = [renderTemplate(action.path, names), renderTemplate(action.content, names)];
      return [{ item: null, call: call(1, "write_file", { path, content }) }];
    }
    case "call":
      return looped(action.loop, progress).map(({ item, names: inner }, index) => ({
        item,
        call: call(index + 1, action.tool, fillInputs(action.input, inner)),
      }));
    case "start_subtasks":
      return looped(action.loop, progress).map(({ item, names: inner }, index) => ({
        item,
        call: call(index + 1, "start_subtask", subtaskInput(action, inner)),
      }));
  }
}

/** Interrupted this often, a call may itself be what ends the process. */
const MOST_REPEATS = 3;

/** Returns the newest try of a call that may be repeated: another one after each that was interrupted. */
export function newestTry(planned: PlannedCall, { asked, answers }: Conversation): PlannedCall {
  const { call, item } = planned;
  let id = call.id;
  for (let tries = 1; tries <= MOST_REPEATS && asked.has(id) && answers.get(id)?.interrupted; tries += 1)
    id = `${call.id}-again-${tries}`;
  return { item, call: { ...call, id } };
}

/** Returns the question with its options as a list at its end, where people are offered them as answers. */
function questionText({ question, options }: Extract<StepAction, { verb: "ask" }>, names: Names): string {
  const text = renderTemplate(question, names).trim();
  if (options.length === 0) return text;
  return `${text}\n\n${options.map((option) => `- ${renderTemplate(option, names).trim()}`).join("\n")}`;
}

function looped(loop: Loop | null, progress: Progress): { item: Value; names: Names }[] {
  if (!loop) return [{ item: null, names: progress.names() }];
  const elements = elementsOf(evaluate(loop.list, progress.names()), "for_each");
  if (elements.length > MAX_ITEMS) {
    throw new ValueFault(`for_each has ${elements.length} elements, but a step makes at most ${MAX_ITEMS} calls`);
  }
  return elements.map((item) => ({ item, names: progress.namesWith(loop.item, item) }));
}

function subtaskInput(action: Extract<StepAction, { verb: "start_subtasks" }>, names: Names): ValueMap {
  const lines = [renderTemplate(action.instruction, names).trim()];
  if (action.runbook) lines.unshift(namingLine(action.runbook, fill(action.inputs, names) as ValueMap));
  const instruction = lines.filter((line) => line !== "").join("\n");
  return { instruction, agent: action.agent, title: renderTemplate(action.title, names) };
}

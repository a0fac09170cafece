import { useId } from "react";
import { Hint } from "@/components/ui/hint";
import { GOAL_DEFAULTS } from "@/core/log/goal";
import type { ServerStatus } from "@/core/shapes/shapes";
import type { ComposerDraft } from "./draft";
import { Wrong } from "./field";
import type { Choices, FieldsProps } from "./fields-props";
import { hasModel } from "./models";
import { BELOW_PICKS, Pick, PickSelect } from "./picks";

interface DoneByProps extends FieldsProps {
  choices: Choices;
  status: ServerStatus;
}

/** Before the name of a runbook in the list, which an agent may have too. */
const RUNBOOK = "runbook:";

/** Choice of who does the task: an agent, for a goal in rounds, or a runbook, which needs no model. */
export function DoneBy({ draft, change, choices, status, problem }: DoneByProps) {
  const id = useId();
  const { by } = draft;
  const runbook = choices.runbooks.find((one) => one.name === draft.runbook);
  const hint = by === "runbook" ? runbook?.description : agentHint(status, draft);
  function choose(value: string): void {
    if (by === "goal") change({ executor: value });
    else if (value.startsWith(RUNBOOK)) change({ by: "runbook", runbook: value.slice(RUNBOOK.length) });
    else change({ by: "agent", agent: value });
  }
  return (
    <>
      <Pick className="max-w-60">
        <label htmlFor={id}>{LABELS[by]}</label>
        <PickSelect
          icon={by === "runbook" ? "book" : "agent"}
          id={id}
          value={chosenOf(draft)}
          onChange={({ target }) => choose(target.value)}
        >
          {by === "goal" ? (
            <Named names={choices.agents} chosen={draft.executor || GOAL_DEFAULTS.executor} />
          ) : (
            <>
              <option value="">Agent chosen for you</option>
              <Named names={choices.agents} chosen={draft.agent} />
              {choices.runbooks.length > 0 || draft.runbook ? (
                <optgroup label="Runbooks">
                  <Named names={choices.runbooks.map((one) => one.name)} chosen={draft.runbook} before={RUNBOOK} />
                </optgroup>
              ) : null}
            </>
          )}
        </PickSelect>
      </Pick>
      {hint ? <Hint className={BELOW_PICKS}>{hint}</Hint> : null}
      <Wrong name={by === "goal" ? "executor" : "runbook"} problem={problem} className={BELOW_PICKS} />
    </>
  );
}

const LABELS: Record<ComposerDraft["by"], string> = { agent: "Agent", goal: "Executor", runbook: "Runbook" };

function chosenOf({ by, agent, executor, runbook }: ComposerDraft): string {
  if (by === "goal") return executor || GOAL_DEFAULTS.executor;
  return by === "runbook" ? RUNBOOK + runbook : agent;
}

interface NamedProps {
  names: string[];
  chosen: string;
  /** Before each value. */
  before?: string;
}

/** Includes the chosen name even if it no longer exists, so that the user sees it and the server can reject it. */
function Named({ names, chosen, before = "" }: NamedProps) {
  const all = chosen && !names.includes(chosen) ? [...names, chosen] : names;
  return all.map((name) => (
    <option key={name} value={before + name}>
      {name}
    </option>
  ));
}

function agentHint(status: ServerStatus, draft: ComposerDraft): string | null {
  if (!hasModel(status)) return "Agents need a model, and none is connected. Runbooks work without one.";
  if (status.defaultModel === "runbook" && !draft.model.trim()) return "No default model is set. Choose one.";
  return null;
}

import { useId } from "react";
import { Hint } from "@/components/ui/hint";
import { Segments } from "@/components/ui/segments";
import type { ServerStatus } from "@/core/shapes/shapes";
import { type ComposerDraft, WAYS } from "./draft";
import { Wrong } from "./field";
import type { Choices, FieldsProps } from "./fields-props";
import { hasModel } from "./models";
import { BELOW_PICKS, Pick } from "./picks";

interface DoneByProps extends FieldsProps {
  choices: Choices;
  status: ServerStatus;
}

const WAY_WORDS: Record<(typeof WAYS)[number], string> = { agent: "Agent", goal: "Goal", runbook: "Runbook" };

/** Choice of who does the task: an agent once, agents in rounds until a goal is shown, or a runbook, which needs no model. */
export function DoneBy({ draft, change, choices, status, problem }: DoneByProps) {
  const id = useId();
  const isRunbook = draft.by === "runbook";
  const runbook = choices.runbooks.find((one) => one.name === draft.runbook);
  const hint = isRunbook
    ? runbook?.description
    : (agentHint(status, draft) ?? (draft.by === "goal" ? GOAL_SAYS : null));
  return (
    <>
      <Segments aria-label="Done by">
        {WAYS.map((way) => (
          <button key={way} type="button" aria-pressed={draft.by === way} onClick={() => change({ by: way })}>
            {WAY_WORDS[way]}
          </button>
        ))}
      </Segments>
      {draft.by === "goal" ? null : (
        <Pick>
          <label htmlFor={id}>{WAY_WORDS[draft.by]}</label>
          {isRunbook ? (
            <select id={id} value={draft.runbook} onChange={(event) => change({ runbook: event.target.value })}>
              <Named names={choices.runbooks.map((one) => one.name)} chosen={draft.runbook} />
            </select>
          ) : (
            <select id={id} value={draft.agent} onChange={(event) => change({ agent: event.target.value })}>
              <option value="">Any agent</option>
              <Named names={choices.agents} chosen={draft.agent} />
            </select>
          )}
        </Pick>
      )}
      {hint ? <Hint className={BELOW_PICKS}>{hint}</Hint> : null}
      <Wrong name="runbook" problem={problem} className={BELOW_PICKS} />
    </>
  );
}

/** Includes the chosen name even if it no longer exists, so that the user sees it and the server can reject it. */
function Named({ names, chosen }: { names: string[]; chosen: string }) {
  const all = chosen && !names.includes(chosen) ? [...names, chosen] : names;
  return all.map((name) => <option key={name}>{name}</option>);
}

const GOAL_SAYS = "Works in rounds until the checks below show that it is done.";

function agentHint(status: ServerStatus, draft: ComposerDraft): string | null {
  if (!hasModel(status)) return "Agents need a model, and none is connected. Runbooks work without one.";
  if (status.defaultModel === "runbook" && !draft.model.trim()) return "No default model is set. Choose one.";
  return null;
}

import { useId } from "react";
import { Hint } from "@/components/ui/hint";
import { Segments } from "@/components/ui/segments";
import type { ServerStatus } from "@/core/shapes/shapes";
import type { Choices } from "./composer";
import type { ComposerDraft, Problem } from "./draft";
import { Wrong } from "./field";
import { hasModel } from "./models";

export interface FieldsProps {
  draft: ComposerDraft;
  change: (fields: Partial<ComposerDraft>) => void;
  problem: Problem | null;
}

interface DoneByProps extends FieldsProps {
  choices: Choices;
  status: ServerStatus;
}

/** Choice of who does the task: an agent, which needs a model, or a runbook, which works without one. */
export function DoneBy({ draft, change, choices, status, problem }: DoneByProps) {
  const id = useId();
  const isRunbook = draft.by === "runbook";
  const runbook = choices.runbooks.find((one) => one.name === draft.runbook);
  const hint = isRunbook ? runbook?.description : agentHint(status, draft);
  return (
    <div>
      <div className="flex min-w-0 items-center gap-2">
        <Segments>
          <legend className="sr-only">Done by</legend>
          <button type="button" aria-pressed={!isRunbook} onClick={() => change({ by: "agent" })}>
            Agent
          </button>
          <button type="button" aria-pressed={isRunbook} onClick={() => change({ by: "runbook" })}>
            Runbook
          </button>
        </Segments>
        <label className="sr-only" htmlFor={id}>
          {isRunbook ? "Runbook" : "Agent"}
        </label>
        {isRunbook ? (
          <select
            id={id}
            className="flex-1"
            value={draft.runbook}
            onChange={(event) => change({ runbook: event.target.value })}
          >
            <Named names={choices.runbooks.map((one) => one.name)} chosen={draft.runbook} />
          </select>
        ) : (
          <select
            id={id}
            className="flex-1"
            value={draft.agent}
            onChange={(event) => change({ agent: event.target.value })}
          >
            <option value="">Automatic</option>
            <Named names={choices.agents.filter((one) => one !== "agent_selector")} chosen={draft.agent} />
          </select>
        )}
      </div>
      {hint ? <Hint>{hint}</Hint> : null}
      <Wrong name="runbook" problem={problem} />
    </div>
  );
}

/** Includes the chosen name even if it no longer exists, so that the user sees it and the server can reject it. */
function Named({ names, chosen }: { names: string[]; chosen: string }) {
  const all = chosen && !names.includes(chosen) ? [...names, chosen] : names;
  return all.map((name) => <option key={name}>{name}</option>);
}

function agentHint(status: ServerStatus, draft: ComposerDraft): string | null {
  if (!hasModel(status)) return "Agents need a model, and none is connected. Runbooks work without one.";
  if (status.defaultModel === "runbook" && !draft.model.trim())
    return "No default model is set. Enter one as provider/model under More options.";
  return null;
}

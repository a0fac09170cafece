import { useId } from "react";
import { Hint } from "@/components/ui/hint";
import { Say } from "@/components/ui/parts";
import type { ServerStatus } from "@/core/shapes/status";
import type { ComposerDraft } from "./draft";
import { Wrong } from "./field";
import type { Choices, FieldsProps } from "./fields-props";
import { hasModel } from "./models";
import { BELOW_PICKS, Pick, PickSelect } from "./picks";
import type { Usual } from "./usual";

interface DoneByProps extends FieldsProps {
  choices: Choices;
  status: ServerStatus;
  /** null: not known yet. */
  usual: Usual | null;
}

/** Before the name of a runbook in the list, which an agent may have too. */
const RUNBOOK = "runbook:";

/** Choice of who does the task: an agent, or a runbook, which needs no model. */
export function DoneBy({ draft, change, choices, status, usual, problem }: DoneByProps) {
  const id = useId();
  const { by } = draft;
  const runbook = choices.runbooks.find((one) => one.name === draft.runbook);
  const hint = by === "runbook" ? runbook?.description : agentHint(status, usual, draft);
  function choose(value: string): void {
    if (value.startsWith(RUNBOOK)) change({ by: "runbook", runbook: value.slice(RUNBOOK.length) });
    else change({ by: "agent", agent: value });
  }
  return (
    <>
      <Pick className="max-w-60">
        <label htmlFor={id}>{by === "runbook" ? "Runbook" : "Agent"}</label>
        <PickSelect
          icon={by === "runbook" ? "book" : "agent"}
          id={id}
          value={by === "runbook" ? RUNBOOK + draft.runbook : draft.agent}
          onChange={({ target }) => choose(target.value)}
        >
          <option value="">{unsetText(usual)}</option>
          <Named names={choices.agents} chosen={draft.agent} />
          {choices.runbooks.length > 0 || draft.runbook ? (
            <optgroup label="Runbooks">
              <Named names={choices.runbooks.map((one) => one.name)} chosen={draft.runbook} before={RUNBOOK} />
            </optgroup>
          ) : null}
        </PickSelect>
      </Pick>
      {hint ? <Hint className={BELOW_PICKS}>{hint}</Hint> : null}
      <Wrong name="runbook" problem={problem} className={BELOW_PICKS} />
    </>
  );
}

/** Says that a runbook does not do what the person has written, who may think of an agent. */
export function RunbookNote({ draft, status }: Pick<DoneByProps, "draft" | "status">) {
  if (draft.by !== "runbook" || draft.task.trim() === "") return null;
  return (
    <Say look="you" className="mx-2 mb-2">
      A runbook follows fixed steps and does not understand this text.{" "}
      {hasModel(status) ? "To have it done, choose an agent." : "To have it done, connect a model."}
    </Say>
  );
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

function unsetText(usual: Usual | null): string {
  if (usual === null) return "The project's agent";
  return usual.agent ? `${usual.agent}, as in the project` : "Agent chosen for you";
}

function agentHint(status: ServerStatus, usual: Usual | null, draft: ComposerDraft): string | null {
  if (!hasModel(status)) return "Agents need a model, and none is connected. Runbooks work without one.";
  if (usual?.model === "runbook" && !draft.model.trim()) return "No default model is set. Choose one.";
  return null;
}

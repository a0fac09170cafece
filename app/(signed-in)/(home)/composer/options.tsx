import { useEffect, useState } from "react";
import { FieldPairs } from "@/components/ui/facts";
import type { ServerStatus } from "@/core/shapes/status";
import { defaultUsdOf } from "./draft";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { GoalOptions } from "./goal-options";
import { GrantFields } from "./grant-fields";
import { RunsOn } from "./runs-on";
import type { Usual } from "./usual";

interface OptionsProps extends FieldsProps {
  status: ServerStatus;
  /** null: not known yet. */
  usual: Usual | null;
}

/** Options whose defaults suit most tasks. */
export function Options({ draft, change, problem, status, usual }: OptionsProps) {
  const [wrongAtFirst] = useState(problem?.field);
  // The form has moved the focus to the field with the problem before these fields were there.
  useEffect(() => {
    if (wrongAtFirst) document.querySelector<HTMLElement>(`#new-options #new-${wrongAtFirst}`)?.focus();
  }, [wrongAtFirst]);
  const isGoal = draft.by === "goal";
  return (
    <FieldPairs>
      {isGoal ? <GoalOptions draft={draft} change={change} problem={problem} /> : null}
      <GrantFields draft={draft} change={change} problem={problem} defaultUsd={defaultUsdOf(draft, usual)} />
      <label htmlFor="new-shares">Shares</label>
      <select
        id="new-shares"
        value={draft.fixedShares}
        onChange={(event) => change({ fixedShares: event.target.value === "yes" ? "yes" : "" })}
      >
        <option value="">A subtask that runs out borrows</option>
        <option value="yes">Fixed: a subtask that runs out fails</option>
      </select>
      {isGoal ? null : <Stepping draft={draft} change={change} />}
      <label htmlFor="new-priority">Priority</label>
      <Choice id="new-priority" value={draft.priority} words={PRIORITIES} choose={(priority) => change({ priority })} />
      {/* A draft can name a pool from before the server's runners were taken away. */}
      {status.runners || draft.pool || draft.checksPool ? (
        <RunsOn draft={draft} change={change} problem={problem} usual={status.runners?.usual_pool ?? null} />
      ) : null}
      <label htmlFor="new-rights">Permissions</label>
      <Choice id="new-rights" value={draft.rights} words={RIGHTS} choose={(rights) => change({ rights })} />
      <label htmlFor="new-confined">Tools</label>
      <select
        id="new-confined"
        value={draft.confined}
        onChange={(event) => change({ confined: event.target.value === "yes" ? "yes" : "" })}
      >
        <option value="">Each agent's own tools</option>
        <option value="yes">Subtasks get only the first agent's tools</option>
      </select>
      {isGoal ? null : <DoneWhen draft={draft} change={change} problem={problem} />}
    </FieldPairs>
  );
}

function Stepping({ draft, change }: Pick<FieldsProps, "draft" | "change">) {
  return (
    <>
      <label htmlFor="new-stepping">Stepping</label>
      <select
        id="new-stepping"
        value={draft.stepping}
        onChange={(event) => change({ stepping: event.target.value === "manual" ? "manual" : "automatic" })}
      >
        <option value="automatic">Automatic</option>
        <option value="manual">Manual: waits before each turn</option>
      </select>
    </>
  );
}

/** A goal has a list of criteria instead. */
function DoneWhen({ draft, change, problem }: FieldsProps) {
  return (
    <>
      <label className="self-start pt-1" htmlFor="new-criteria">
        Done when
      </label>
      <textarea
        id="new-criteria"
        rows={2}
        className="field-sizing-content max-h-80 min-h-14"
        value={draft.criteria}
        placeholder="For example: every test passes"
        onChange={(event) => change({ criteria: event.target.value })}
      />
      <Wrong name="criteria" problem={problem} className="col-start-2" />
    </>
  );
}

const PRIORITIES: Record<string, string> = { "10": "High", "0": "Normal", "-10": "Low, when slots are free" };
const RIGHTS: Record<string, string> = {
  "": "Read, write, network",
  "read,write": "Read and write",
  read: "Read only",
};

interface ChoiceProps {
  id: string;
  value: string;
  words: Record<string, string>;
  choose: (value: string) => void;
}

/** Select that also lists the current value if a template set a value without a label here. */
function Choice({ id, value, words, choose }: ChoiceProps) {
  const all = value in words ? Object.entries(words) : [...Object.entries(words), [value, value.replaceAll(",", ", ")]];
  // JavaScript lists integer keys first and in ascending order, so sort them again: high priority on top.
  all.sort(([one], [other]) => Number(other) - Number(one) || 0);
  return (
    <select id={id} value={value} onChange={(event) => choose(event.target.value)}>
      {all.map(([one, word]) => (
        <option key={one} value={one}>
          {word}
        </option>
      ))}
    </select>
  );
}

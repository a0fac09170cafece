import { GOAL_DEFAULTS } from "@/core/log/goal";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS, Pick, PickSelect } from "./picks";
import type { Usual } from "./usual";

interface ExecutorPickProps extends FieldsProps {
  agents: string[];
  /** null: not known yet. */
  usual: Usual | null;
}

/** Which agent works for a goal, in rounds. */
export function ExecutorPick({ draft, change, problem, agents, usual }: ExecutorPickProps) {
  const chosen = draft.executor || usual?.agent || GOAL_DEFAULTS.executor;
  return (
    <>
      <Pick className="max-w-60">
        <label htmlFor="new-executor">Executor</label>
        <PickSelect
          icon="agent"
          id="new-executor"
          value={chosen}
          onChange={({ target }) => change({ executor: target.value })}
        >
          {(agents.includes(chosen) ? agents : [...agents, chosen]).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </PickSelect>
      </Pick>
      <Wrong name="executor" problem={problem} className={BELOW_PICKS} />
    </>
  );
}

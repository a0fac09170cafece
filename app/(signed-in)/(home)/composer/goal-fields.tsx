import { FieldPairs } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import { GOAL_DEFAULTS, GOAL_MODES } from "@/core/log/goal";
import { MODE_WORDS } from "@/core/words/goals";
import { Field, Lines, Wrong } from "./field";
import type { FieldsProps } from "./fields-props";

/** Fields of a goal: what shows that it is reached, who works on it, and how often a person is asked. */
export function GoalFields({ draft, change, problem, agents }: FieldsProps & { agents: string[] }) {
  const executors = draft.executor && !agents.includes(draft.executor) ? [...agents, draft.executor] : agents;
  return (
    <FieldPairs>
      <Field
        name="check"
        label="Shown by"
        value={draft.check}
        problem={problem}
        className="font-mono text-mono!"
        placeholder="A command, such as npm test"
        change={(check) => change({ check })}
      />
      <Lines
        name="shows"
        label="Criteria"
        value={draft.shows}
        problem={problem}
        placeholder={"The sum is right :: node check.js\nThe README explains it"}
        describedBy="new-shows-says"
        change={(shows) => change({ shows })}
      />
      <Hint className="col-start-2 -mt-1!" id="new-shows-says">
        One a line: what must hold :: a command that shows it :: its weight. Without a command, an evaluator judges it.
        {draft.check.trim() || draft.shows.trim()
          ? ""
          : " Leave both fields empty, and goal_planner proposes criteria."}
      </Hint>
      <label htmlFor="new-executor">Executor</label>
      <select
        id="new-executor"
        value={draft.executor || GOAL_DEFAULTS.executor}
        onChange={(event) => change({ executor: event.target.value })}
      >
        {executors.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Wrong name="executor" problem={problem} className="col-start-2" />
      <label htmlFor="new-mode">Works</label>
      <select
        id="new-mode"
        value={draft.mode || GOAL_DEFAULTS.mode}
        onChange={(event) => change({ mode: event.target.value })}
      >
        {GOAL_MODES.map((mode) => (
          <option key={mode} value={mode}>
            {MODE_WORDS[mode]}
          </option>
        ))}
      </select>
    </FieldPairs>
  );
}

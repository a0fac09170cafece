import { DELIVERIES, GOAL_DEFAULTS, GOAL_MODES } from "@/core/log/goal";
import { DELIVERY_WORDS, MODE_WORDS } from "@/core/words/goals";
import { Field, Lines } from "./field";
import type { FieldsProps } from "./fields-props";

/** Options of a goal whose defaults suit most goals. */
export function GoalOptions({ draft, change, problem }: FieldsProps) {
  const own = { problem, draft, change };
  return (
    <>
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
      <Own {...own} name="rounds" label="Rounds" placeholder={`${GOAL_DEFAULTS.max_iterations}`} />
      <Own {...own} name="minutes" label="Minutes" placeholder={`${GOAL_DEFAULTS.max_minutes}`} />
      <Own {...own} name="threshold" label="Score, %" placeholder={`${GOAL_DEFAULTS.success_threshold * 100}`} />
      <Globs {...own} name="scope" label="Scope" placeholder="Proposed: sources, no tests or settings" />
      <Globs {...own} name="mayChange" label="Also in scope" placeholder="Tests, such as test/a.js" />
      <Globs {...own} name="protect" label="Protect" placeholder="Files, such as test/**" />
      <Globs {...own} name="hidden" label="Hidden tests" placeholder="Only the host runs them" />
      <Own {...own} name="hiddenShare" label="Hidden share" placeholder="Of all tests, such as 20 %" />
      <Own {...own} name="setup" label="Setup" placeholder="Such as npm ci" />
      <Own {...own} name="reflectEvery" label="Rethinks" placeholder={`after ${GOAL_DEFAULTS.reflect_every} rounds`} />
      {draft.mode === "supervised" ? <Own {...own} name="askEvery" label="Asks every" placeholder="1 round" /> : null}
      <label htmlFor="new-ask">When stuck</label>
      <select id="new-ask" value={draft.ask} onChange={(event) => change({ ask: event.target.value })}>
        <option value="">End</option>
        <option value="yes">Ask a person</option>
      </select>
      <label htmlFor="new-onSuccess">At success</label>
      <select
        id="new-onSuccess"
        value={draft.onSuccess || GOAL_DEFAULTS.on_success}
        onChange={(event) => change({ onSuccess: event.target.value })}
      >
        {DELIVERIES.map((one) => (
          <option key={one} value={one}>
            {DELIVERY_WORDS[one]}
          </option>
        ))}
      </select>
      {draft.onSuccess === "command" ? (
        <Own {...own} name="delivery" label="Command" placeholder="Such as ./deploy.sh" />
      ) : null}
    </>
  );
}

interface OwnProps extends FieldsProps {
  name: "rounds" | "minutes" | "threshold" | "hiddenShare" | "setup" | "reflectEvery" | "askEvery" | "delivery";
  label: string;
  placeholder: string;
}

/** The keyboard that a phone shows for a number. */
const KEYBOARDS: { [name in OwnProps["name"]]?: "numeric" | "decimal" } = {
  rounds: "numeric",
  minutes: "decimal",
  threshold: "decimal",
  hiddenShare: "decimal",
  reflectEvery: "numeric",
  askEvery: "numeric",
};

function Own({ draft, change, name, ...rest }: OwnProps) {
  return (
    <Field
      {...rest}
      name={name}
      inputMode={KEYBOARDS[name]}
      value={draft[name]}
      change={(value) => change({ [name]: value })}
    />
  );
}

interface GlobsProps extends FieldsProps {
  name: "scope" | "mayChange" | "protect" | "hidden";
  label: string;
  placeholder: string;
}

function Globs({ draft, change, name, ...rest }: GlobsProps) {
  return <Lines {...rest} name={name} value={draft[name]} rows={1} change={(value) => change({ [name]: value })} />;
}

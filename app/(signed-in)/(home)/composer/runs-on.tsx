import type { ReactNode } from "react";
import { useFetched } from "@/components/pickers/use-fetched";
import { Hint } from "@/components/ui/hint";
import type { PoolState, RunnersState } from "@/core/runners/shapes";
import { poolHint, poolWords } from "@/core/words/runners/pools";
import { runnersSentence } from "@/core/words/runners/runners";
import { HERE } from "./draft";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";

interface RunsOnProps extends FieldsProps {
  /** The pool of trees that name none; null: this server. */
  usual: string | null;
}

/** Where the task's tree works, and where it is checked: on this server, or on the runners of a pool. */
export function RunsOn({ draft, change, problem, usual }: RunsOnProps) {
  const { body, problem: unread, again } = useFetched("runners");
  const pools = body?.pools ?? [];
  const words = (name: string) => (body ? poolWords(name, pools) : name);
  const named = (names: readonly string[]) =>
    names.map((name) => (
      <option key={name} value={name}>
        {words(name)}
      </option>
    ));
  const { pool, checksPool } = draft;
  return (
    <>
      <PoolField
        name="pool"
        label="Runs on"
        value={usual === null && pool === HERE ? "" : pool}
        choose={(chosen) => change({ pool: chosen })}
        says={unread ?? (body && hintOf(body, { name: pool === HERE ? null : pool || usual, isUsual: pool === "" }))}
        problem={problem}
        again={again}
      >
        <option value="">{usual === null ? "This server" : `As usual: ${words(usual)}`}</option>
        {usual === null ? null : <option value={HERE}>This server</option>}
        {named(namesOf(pools, usual, pool))}
      </PoolField>
      <PoolField
        name="checksPool"
        label="Checked on"
        value={checksPool}
        choose={(chosen) => change({ checksPool: chosen })}
        says={body && checksPool ? checksHintOf(body, checksPool) : null}
        problem={problem}
        again={again}
      >
        <option value="">Where it runs</option>
        {named(namesOf(pools, null, checksPool))}
      </PoolField>
    </>
  );
}

interface PoolFieldProps extends Pick<FieldsProps, "problem"> {
  name: "pool" | "checksPool";
  label: string;
  value: string;
  choose: (value: string) => void;
  /** What a person should know of the choice; null: nothing. */
  says: string | null;
  again: () => void;
  /** The choices. */
  children: ReactNode;
}

function PoolField({ name, label, value, choose, says, problem, again, children }: PoolFieldProps) {
  const isWrong = problem?.field === name;
  const id = `new-${name}`;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={isWrong || undefined}
        aria-describedby={`${id}-${isWrong ? "wrong" : "says"}`}
        onFocus={again}
        onChange={({ target }) => choose(target.value)}
      >
        {children}
      </select>
      <Wrong name={name} problem={problem} className="col-start-2" />
      <Hint className="col-start-2 -mt-1! empty:hidden" id={`${id}-says`} role="status">
        {isWrong ? null : says}
      </Hint>
    </>
  );
}

function hintOf(state: RunnersState, { name, isUsual }: { name: string | null; isUsual: boolean }): string | null {
  if (name === null) return null;
  return troubleOf(state) ?? poolHint(name, { isUsual }, state.pools);
}

/** A check waits for a runner of its pool alone. */
function checksHintOf(state: RunnersState, name: string): string {
  const trouble = troubleOf(state);
  if (trouble !== null) return trouble;
  const isThere = state.pools.some((pool) => pool.name === name && pool.runners > 0);
  return isThere
    ? "What agents claim, and the goal, is checked there, in copies that no agent has touched."
    : "No runner of the pool is there now: a check waits until one is.";
}

function troubleOf(state: RunnersState): string | null {
  return state.is_set_up ? state.problem : runnersSentence(state);
}

/** Returns the pools to choose from. The usual one is the first choice already, unless a template names it. */
function namesOf(pools: readonly PoolState[], usual: string | null, chosen: string): string[] {
  const others = pools.map(({ name }) => name).filter((name) => name !== usual || name === chosen);
  return chosen === "" || chosen === HERE || others.includes(chosen) ? others : [...others, chosen];
}

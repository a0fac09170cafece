import type { ReactNode } from "react";
import { Facts } from "@/components/ui/facts";
import { Bar } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import { useNow } from "@/components/ui/time";
import type { GoalView } from "@/core/shapes/goals";
import { count, duration, exactMoney, money } from "@/core/words/figures";
import { DELIVERY_WORDS, estimateText, percentText } from "@/core/words/goals";
import { isFromNothing, modeText, PHASE_WORDS, roundName, secondsOf } from "./goal-words";

/** The state of the goal: its scores, its rounds, and the estimate to its end. */
export function Progress({ goal, isEnded }: { goal: GoalView; isEnded: boolean }) {
  const ranMs = useRanMs(goal);
  const { score, best_score, best_round, rounds, running, threshold } = goal;
  const now = running?.number ?? rounds.length;
  const notChecked = isEnded ? "Not checked" : "Not checked yet";
  return (
    <Facts>
      <Fact name="Best score">
        {best_score === null ? notChecked : `${percentText(best_score)}, ${roundName(best_round)}`}
      </Fact>
      <Fact name="Score now">{score === null ? notChecked : percentText(score)}</Fact>
      <Fact name="Needed">{percentText(threshold)}</Fact>
      <Fact name="Rounds">
        {now} of at most {goal.iterations_max}
      </Fact>
      <Fact name="Time">
        {duration(secondsOf(goal) * 1_000 + ranMs)} of at most {duration(goal.minutes_max * 60_000)}
      </Fact>
      {/* The likely rest shrinks while a round works. */}
      {isEnded ? null : <Fact name="To its end">{estimateText(goal.estimate, ranMs / 60_000)}</Fact>}
    </Facts>
  );
}

/** How long the running round has worked, in ms, as the limit of the goal counts it. */
function useRanMs({ running }: GoalView): number {
  const now = useNow();
  if (running === null) return 0;
  const { worked_ms, working_since } = running;
  // The server does not know when the page is read.
  return worked_ms + (working_since === null || now === 0 ? 0 : Math.max(0, now - Date.parse(working_since)));
}

/** What the rounds cost, by what was done in them. */
export function Phases({ phases }: Pick<GoalView, "phases">) {
  const most = Math.max(...phases.map(({ tokens }) => tokens));
  if (phases.length === 0) return <p className="py-2 text-ink-2">Nothing was spent yet.</p>;
  return (
    <FactTable columns={["Phase", "Tokens", "Cost"]}>
      {phases
        .toSorted((one, other) => other.tokens - one.tokens)
        .map(({ phase, tokens, cost_usd }) => (
          <tr key={phase}>
            <td>{PHASE_WORDS[phase]}</td>
            <td className="whitespace-nowrap">
              <Bar share={tokens / most} aria-hidden="true" /> {count(tokens)}
            </td>
            <td title={exactMoney(cost_usd)}>{money(cost_usd)}</td>
          </tr>
        ))}
    </FactTable>
  );
}

/** What a person gave the goal, or Banyan proposed. Agents cannot change it. */
export function Given({ goal, isEnded }: { goal: GoalView; isEnded: boolean }) {
  return (
    <Facts>
      <Fact name="Works">{modeText(goal)}</Fact>
      <Fact name="Executor">{goal.executor}</Fact>
      <Scope goal={goal} isEnded={isEnded} />
      <Fact name="Also in scope">{globs(goal.may_change)}</Fact>
      <Fact name="Protected">{globs(goal.protect)}</Fact>
      <Fact name="Hidden tests">{globs(goal.hidden)}</Fact>
      <Fact name="Hidden share">{goal.hidden_share > 0 ? `${percentText(goal.hidden_share)} of the tests` : null}</Fact>
      <Fact name="At success">{DELIVERY_WORDS[goal.on_success]}</Fact>
    </Facts>
  );
}

/** The files that the work may change. A goal of an older version has no scope. */
function Scope({ goal, isEnded }: { goal: GoalView; isEnded: boolean }) {
  const { scope, scope_proposed, score } = goal;
  if (scope === null && (isEnded || score !== null)) return null;
  return (
    <Fact name="Scope">
      {scope === null ? "Banyan proposes it with the first check" : globs(scope)}
      {scope_proposed ? <span className="text-ink-2">proposed by Banyan</span> : null}
      {isFromNothing(goal) ? (
        <span className="text-small text-ink-2">
          The folder was empty, so the work writes code and tests. Criteria of your own show more than proposed ones.
        </span>
      ) : null}
    </Fact>
  );
}

function globs(list: string[]): ReactNode {
  return list.length > 0 ? list.map((one) => <code key={one}>{one}</code>) : null;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd className="flex min-w-0 flex-wrap gap-1 wrap-anywhere">{children}</dd>
    </>
  );
}

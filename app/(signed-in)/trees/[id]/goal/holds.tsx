import { LongText } from "@/components/text/long-text";
import { FoldMark } from "@/components/ui/fold-mark";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Icon, type IconName } from "@/components/ui/icon";
import { Separator } from "@/components/ui/parts";
import type { GoalView } from "@/core/shapes/goals";
import { percentText } from "@/core/words/goals";
import { roundName } from "./goal-words";

interface Shown {
  what: string;
  command?: string;
  expect?: string | number;
  met: boolean | null;
  evidence: string;
  /** null: not known, as for the validation command. */
  since: number | null;
  /** Met in part, from 0 to 1. */
  share?: number;
  weight?: number;
}

/** The validation command and each criterion: whether it holds, since when, and what shows it. */
export function Holds({ goal, isEnded, isAsked }: { goal: GoalView; isEnded: boolean; isAsked: boolean }) {
  const { validation_command: command, validation } = goal;
  const all: Shown[] = [
    ...(command === null
      ? []
      : [
          {
            what: "The validation command passes",
            command,
            since: null,
            met: validation?.met ?? null,
            evidence: validation?.evidence ?? "",
            share: validation?.share,
          },
        ]),
    ...goal.criteria.map(({ statement, ...rest }) => ({ what: statement, ...rest })),
  ];
  const keys = uniqueKeys(all.map(({ what }) => what));
  if (all.length === 0)
    return (
      <p className="py-2 text-ink-2">
        {isEnded
          ? "No criteria were agreed on."
          : isAsked
            ? "goal_planner has proposed criteria: Review shows them."
            : "goal_planner proposes what shows that the goal is reached."}
      </p>
    );
  return (
    <ul>
      {all.map((one, at) => (
        <Criterion key={keys[at]} shown={one} hasBegun={goal.score !== null} />
      ))}
    </ul>
  );
}

const MARKS = {
  true: { word: "Holds", icon: "succeeded", look: "text-ok" },
  false: { word: "Does not", icon: "failed", look: "text-fail" },
  null: { word: "Not known", icon: "ready", look: "text-idle" },
} satisfies Record<string, { word: string; icon: IconName; look: string }>;

function Criterion({ shown, hasBegun }: { shown: Shown; hasBegun: boolean }) {
  const { what, command, expect, met, evidence, since, share, weight } = shown;
  const mark = MARKS[`${met}`];
  const isPart = met === false && share !== undefined && share > 0;
  return (
    <li className="grid grid-cols-[84px_minmax(0,1fr)] gap-x-2 border-line py-1.5 not-first:border-t">
      <span className={`inline-flex items-center gap-1.5 self-start font-medium whitespace-nowrap ${mark.look}`}>
        <Icon name={mark.icon} className="size-3.5 flex-none" />
        {mark.word}
      </span>
      <div className="min-w-0">
        <p className="wrap-anywhere">{what}</p>
        <p className="mt-0.5 text-small text-ink-2">
          {command ? <code className="leading-4">{command}</code> : "Judged by task_evaluator"}
          {expect === undefined ? null : <> gives {expect}</>}
          {isPart ? (
            <>
              <Separator />
              {percentText(share)} of it
            </>
          ) : null}
          {since === null || !hasBegun || met === null ? null : (
            <>
              <Separator />
              since {roundName(since)}
            </>
          )}
          {weight === undefined || weight === 1 ? null : (
            <>
              <Separator />
              weight {weight}
            </>
          )}
        </p>
        {evidence ? (
          <details className="mt-0.5">
            <summary className="flex h-6 w-fit min-w-0 cursor-pointer list-none items-center gap-2 rounded-control hover:underline [&::-webkit-details-marker]:hidden">
              <FoldMark />
              <span className="text-small text-ink-2">Evidence</span>
            </summary>
            <LongText look="framed" text={evidence} />
          </details>
        ) : null}
      </div>
    </li>
  );
}

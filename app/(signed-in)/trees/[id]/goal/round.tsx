"use client";

import { memo, type ReactNode } from "react";
import { LongText } from "@/components/text/long-text";
import { FoldMark } from "@/components/ui/fold-mark";
import { Icon, type IconName } from "@/components/ui/icon";
import { Badge, Button } from "@/components/ui/parts";
import { Unfolding } from "@/components/ui/unfolding";
import type { GoalRound, RoundVerdict } from "@/core/shapes/goals";
import { duration, spentText } from "@/core/words/figures";
import { percentText, putBackText } from "@/core/words/goals";
import { withoutDisguise } from "@/core/words/visible";
import { GoalDiff } from "./goal-diff";
import { VERDICT_HELP, VERDICT_WORDS } from "./goal-words";
import { PlanShown } from "./plan/plan-shown";

const GLYPHS: Record<RoundVerdict, { icon: IconName; look: string }> = {
  better: { icon: "up", look: "text-ok" },
  same: { icon: "waiting", look: "text-idle" },
  worse: { icon: "down", look: "text-fail" },
  repeated: { icon: "retry", look: "text-idle" },
  failed: { icon: "failed", look: "text-fail" },
};

interface RoundProps {
  round: GoalRound;
  isBest: boolean;
  isOpen: boolean;
  setOpen: (number: number, open: boolean) => void;
  select: (id: string) => void;
  goOn: ((round: GoalRound) => void) | null;
}

/**
 * A round as a row that opens. The keys move through the rows, and `f` continues from the row with the focus. It is
 * rendered again only when it changes, because there may be a thousand.
 */
export const Round = memo(function Round({ round, isBest, isOpen, setOpen, select, goOn }: RoundProps) {
  const { number, plan, score_before, score, verdict, spent, seconds } = round;
  const { icon, look } = GLYPHS[verdict];
  return (
    <li data-seq={round.fork_seq ?? undefined} data-round={number} id={`round-${number}`}>
      <Unfolding open={isOpen} onToggle={(open) => setOpen(number, open)}>
        <summary
          className="-mx-2 grid min-h-9 cursor-pointer list-none grid-cols-[12px_14px_max-content_minmax(0,1fr)_120px_76px_56px] items-center gap-x-2 rounded-sm px-2 hover:bg-hover @max-[620px]:grid-cols-[12px_14px_minmax(0,1fr)_auto] @max-[620px]:py-1.5 [&::-webkit-details-marker]:hidden"
          data-row
        >
          <FoldMark />
          <Icon name={icon} className={`size-3.5 ${look}`} label={VERDICT_WORDS[verdict]} />
          <b className="min-w-[62px] font-medium whitespace-nowrap">Round {number}</b>
          {/* On a phone the plan has a line of its own. */}
          <span className="flex min-w-0 items-center gap-2 @max-[620px]:col-span-2 @max-[620px]:col-start-3 @max-[620px]:row-start-2">
            <span className="min-w-0 truncate">{plan}</span>
            {isBest ? <Badge>Best</Badge> : null}
            {round.doubts.length > 0 ? <Badge look="you">Doubts</Badge> : null}
          </span>
          <span className="text-right whitespace-nowrap text-ink-2">
            {score === score_before ? percentText(score) : `${percentText(score_before)} → ${percentText(score)}`}
          </span>
          <span className="text-right whitespace-nowrap text-ink-2 @max-[620px]:hidden">{spentText(spent)}</span>
          <span className="text-right whitespace-nowrap text-ink-2 @max-[620px]:hidden">
            {duration(seconds * 1_000)}
          </span>
        </summary>
        {isOpen ? <Opened round={round} select={select} /> : null}
      </Unfolding>
      {/* Outside of the fold, so that the key finds it while the round is folded. */}
      <div className={isOpen ? "flex flex-wrap gap-2 pb-3 pl-8 @max-[620px]:pl-5" : "hidden"}>
        {goOn && round.fork_seq !== null ? (
          <Button icon="fork" hint="f" data-fork={round.fork_seq} onClick={() => goOn(round)}>
            Go on from here
          </Button>
        ) : null}
        {round.task_id ? (
          <Button icon="tree" onClick={() => select(round.task_id)}>
            Open its tasks
          </Button>
        ) : null}
      </div>
    </li>
  );
});

function Opened({ round, select }: Pick<RoundProps, "round" | "select">) {
  const { plan, changed, why, strategy, error_signature, doubts, verdict, spent, seconds, task_id } = round;
  const { put_back, widened, checked_on } = round;
  return (
    <div className="pt-1 pb-3 pl-8 @max-[620px]:pl-5">
      <dl className="grid grid-cols-[72px_minmax(0,1fr)] gap-x-3 gap-y-1.5 [&_dd]:min-w-0 [&_dd]:wrap-anywhere [&_dt]:text-ink-2">
        <Fact name="Outcome">
          {VERDICT_WORDS[verdict]}
          {VERDICT_HELP[verdict] ? ` (${VERDICT_HELP[verdict]})` : ""}, {spentText(spent)}, {duration(seconds * 1_000)}
        </Fact>
        <Fact name="Plan">{plan}</Fact>
        <Fact name="Strategy">{strategy}</Fact>
        <Fact name="Changed">
          {changed ? <span className="whitespace-pre-line">{withoutDisguise(changed)}</span> : "No files."}
        </Fact>
        <Fact name="Put back">{putBackText(put_back)}</Fact>
        <Fact name="Checked on">{checked_on && `the runner ${checked_on}`}</Fact>
        <Fact name="Scope">
          {widened.length > 0 ? (
            <span className="flex flex-wrap gap-1">
              A person added{" "}
              {widened.map((glob) => (
                <code key={glob}>{glob}</code>
              ))}
            </span>
          ) : null}
        </Fact>
        {error_signature ? (
          <Fact name="Error">
            <code>{error_signature}</code>
          </Fact>
        ) : null}
        <Fact name="Fails">{why ? <LongText look="framed" text={why} /> : "Nothing."}</Fact>
        {doubts.length > 0 ? (
          <Fact name="Doubts">
            <ul className="list-disc pl-4">
              {doubts.map((doubt) => (
                <li key={doubt}>{doubt}</li>
              ))}
            </ul>
          </Fact>
        ) : null}
      </dl>
      {round.planned ? (
        <section className="mt-3" aria-label={`Plan of round ${round.number}`}>
          <PlanShown plan={round.planned} round={round.number} select={select} />
        </section>
      ) : null}
      {task_id ? (
        <GoalDiff title="Changes of this round" name={`round ${round.number}`} taskId={task_id} revision="" />
      ) : null}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

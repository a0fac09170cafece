"use client";

import type { ReactNode } from "react";
import type { TreeFeed } from "@/components/feed/tree-feed";
import { Act, actText } from "@/components/reviews/act";
import { DecisionFailure } from "@/components/reviews/action-row";
import { decidingBy } from "@/components/reviews/deciding";
import { HeldLine } from "@/components/reviews/held-line";
import { QuickAnswers } from "@/components/reviews/quick-answers";
import { useHeldDecision } from "@/components/reviews/use-held-decisions";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { Icon, type IconName } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { useMe, useRights } from "@/components/ui/rights";
import { ScrollArea } from "@/components/ui/scroll-area";
import { Elapsed } from "@/components/ui/time";
import type { Review, Task } from "@/core/shapes/shapes";
import { rowText } from "@/core/words/tasks";

interface NeedCardsProps {
  feed: TreeFeed;
  select: (id: string) => void;
}

/** On a phone, above the outline: what the tree asks, with its answers, and what failed in it. */
export function NeedCards({ feed: { reviews, tasks }, select }: NeedCardsProps) {
  const failed = [...tasks.values()].filter(
    ({ role, status, depth }) => role === "work" && status === "failed" && depth > 0,
  );
  if (reviews.length + failed.length === 0) return null;
  return (
    <ScrollArea
      className="max-h-[45dvh] flex-none! border-line border-b px-4"
      role="region"
      aria-label="Needs you"
      tabIndex={0}
    >
      <ul className="divide-y divide-line">
        {reviews.map((review) => (
          <ReviewCard key={review.id} review={review} open={() => select(review.task_id)} />
        ))}
        {failed.map((task) => (
          <FailedCard key={task.id} task={task} tasks={tasks} open={() => select(task.id)} />
        ))}
      </ul>
    </ScrollArea>
  );
}

function ReviewCard({ review, open }: { review: Review; open: () => void }) {
  const me = useMe();
  const held = useHeldDecision(review.id);
  const { answer: refusal } = useRights();
  const { kind, act, risk, created_at } = review;
  const isDecided = held !== undefined && held.state !== "failed";
  return (
    <Card icon={REVIEW_ICONS[kind]} look="text-wait" kind={REVIEW_WORDS[kind]} since={created_at}>
      <button type="button" className="wrap-anywhere block cursor-pointer text-left font-medium" onClick={open}>
        <Act act={act} />
      </button>
      {kind === "approval" ? <p className="text-ink-2">{`${risk.level} risk: ${risk.says}.`}</p> : null}
      {isDecided ? (
        <HeldLine decided={held} />
      ) : (
        <>
          {kind === "question" && refusal === null ? (
            <div className="[&>div>button]:flex-auto">
              <QuickAnswers review={review} disabled={false} send={(text) => decidingBy(me).answer(review, text)} />
            </div>
          ) : null}
          <Button className="mt-2 w-full" onClick={open}>
            {kind === "question" ? "Open" : "Read and decide"}
            <span className="sr-only">: {actText(act)}</span>
          </Button>
          <DecisionFailure sentence={held?.sentence ?? null} />
        </>
      )}
    </Card>
  );
}

function FailedCard({ task, tasks, open }: { task: Task; tasks: ReadonlyMap<string, Task>; open: () => void }) {
  return (
    <Card icon="failed" look="text-fail" kind="Failed" since={task.ended_at}>
      <button type="button" className="wrap-anywhere block cursor-pointer text-left font-medium" onClick={open}>
        {task.title}
      </button>
      <p className="wrap-anywhere line-clamp-2 text-ink-2">{rowText(task, tasks, new Set())}</p>
      <Button className="mt-2 w-full" onClick={open}>
        See what to do<span className="sr-only"> about {task.title}</span>
      </Button>
    </Card>
  );
}

interface CardProps {
  icon: IconName;
  look: string;
  kind: string;
  since: string | null;
  children: ReactNode;
}

function Card({ icon, look, kind, since, children }: CardProps) {
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-2 py-3">
      <Icon name={icon} className={`mt-0.5 size-4 ${look}`} />
      <div className="min-w-0">
        <p className={`font-medium text-small/5 ${look}`}>
          {kind} · <Elapsed since={since} until={null} />
        </p>
        {children}
      </div>
    </li>
  );
}

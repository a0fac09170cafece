"use client";

import Link from "next/link";
import { Fragment, type ReactNode, type RefObject } from "react";
import { operate } from "@/app/operate";
import { Act } from "@/components/reviews/act";
import { OfferedAnswer } from "@/components/reviews/offered-answer";
import { Markdown } from "@/components/text/markdown";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Crumbs } from "@/components/ui/page/crumbs";
import { Separator } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import { TrialFacts } from "@/components/versions/trial-facts";
import type { ReviewedProposal, ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { money, spentText } from "@/core/words/figures";
import { Comments } from "./comments";
import { CallEvidence } from "./item-call";
import { ChangeEvidence, ChangeParts, Stage } from "./item-change";
import { OtherEvidence } from "./item-evidence";
import { ItemInner, PartHead } from "./item-parts";
import { ProposalEvidence, ProposalParts } from "./item-proposal";

interface ItemProps {
  item: ReviewItem;
  /** The number of open items identical to it, including it. */
  alike: number;
  heading: RefObject<HTMLHeadingElement | null>;
  back: () => void;
  /** Sends one of the question's offered answers; null: the user cannot answer. */
  choose: ((answer: string) => void) | null;
}

/** Everything that a decision needs, on one screen: its consequences, the evidence, and what would change. */
export function Item({ item, alike, heading, back, choose }: ItemProps) {
  const { review, path, agent } = item;
  return (
    <div className="scrollbar-thin scrollbar-thumb-line-strong scrollbar-track-transparent min-h-0 flex-1 overflow-auto">
      <ItemInner>
        <p className="-ml-2 hidden phone:block">
          <button type="button" className={buttonLook("quiet")} data-back onClick={back}>
            <Icon name="left" />
            Queue
          </button>
        </p>
        <Crumbs aria-label="Where">
          {path.map((task) => (
            <span key={task.id}>
              <Link className="phone:inline-block phone:min-h-6" href={`/trees/${review.tree_id}?task=${task.id}`}>
                {task.title}
              </Link>
            </span>
          ))}
        </Crumbs>
        <h2 className="wrap-anywhere mt-0.5 text-page tracking-normal" ref={heading} tabIndex={-1}>
          <Act act={review.act} />
        </h2>
        <p className="text-ink-2">
          {agent} {item.proposal?.seed ? "changed a seed" : ASKED[review.kind]}
          {review.decided_at ? "; decided after " : " "}
          <Elapsed since={review.created_at} until={review.decided_at} />
          {review.decided_at ? "" : " ago"}
          {item.seq !== null ? (
            <>
              <Separator />
              <Link className="link" href={`/trees/${review.tree_id}?task=${review.task_id}&message=${item.seq}`}>
                In the task's log
              </Link>
            </>
          ) : null}
        </p>
        {item.proposal?.change ? <Stage change={item.proposal.change} /> : null}
        {item.proposal?.trial ? (
          <section className="mt-5 max-w-180" aria-label="Trial">
            <PartHead>Trial</PartHead>
            <TrialFacts trial={item.proposal.trial} end={(id, decision) => operate("endTrial", { id, decision })} />
          </section>
        ) : null}
        {review.kind === "question" ? <Question item={item} choose={choose} /> : null}
        <div className="mt-5 grid grid-cols-2 items-start gap-x-6 gap-y-4 narrow:grid-cols-1">
          {/* On a narrow screen the evidence comes first, so that nobody decides before seeing it. */}
          <section className="narrow:order-last narrow:mt-1">
            <PartHead>Consequences</PartHead>
            <Follows item={item} alike={alike} />
          </section>
          <section>
            <Evidence item={item} />
          </section>
          {item.proposal ? (
            <div className="col-span-full min-w-0">
              <Proposed proposal={item.proposal} cannot={review.status === "open" ? item.may_not.approve : null} />
            </div>
          ) : null}
        </div>
        <Comments comments={item.comments} />
      </ItemInner>
    </div>
  );
}

function Proposed({ proposal, cannot }: { proposal: ReviewedProposal; cannot: string | null }) {
  const { change } = proposal;
  return change ? (
    <ChangeParts proposal={proposal} change={change} cannot={cannot} />
  ) : (
    <ProposalParts proposal={proposal} />
  );
}

const VERBS: Record<Review["kind"], [string, string | null]> = {
  question: ["Answer", null],
  approval: ["Approve", "Reject"],
  proposal: ["Approve", "Reject"],
  change: ["Approve", "Reject"],
  flag: ["Dealt with", "No problem"],
};

const ASKED: Record<Review["kind"], string> = {
  question: "asked a question",
  approval: "asked for approval",
  proposal: "made a proposal",
  change: "proposed a change",
  flag: "raised a flag",
};

function Follows({ item, alike }: { item: ReviewItem; alike: number }) {
  const { review, follows, path } = item;
  const [yes, no] = VERBS[review.kind];
  const isBlocking = review.waiting_tasks > 0 && review.status === "open";
  const lines: [string, ReactNode][] = [
    [yes, follows.approve],
    ...(no ? [[no, follows.reject] as [string, ReactNode]] : []),
    ...(alike > 1 ? [[`All ${alike}`, severalWords(alike)] as [string, ReactNode]] : []),
    ...(isBlocking ? [["Waiting", waitingWords(path)] as [string, ReactNode]] : []),
    ["Cost so far", costWords(item.cost)],
    ["If ignored", <TimedText key="ignored" text={follows.ignored} />],
    ["Undo", follows.undo],
    // Beside a change of Banyan's own source, the risk stands with its expected effect.
    ...(item.proposal?.change ? [] : [["Risk", riskWords(review)] as [string, ReactNode]]),
  ];
  return (
    <dl className="grid grid-cols-[76px_minmax(0,1fr)] gap-2 phone:grid-cols-[84px_minmax(0,1fr)]">
      {lines.map(([word, sentence]) => (
        <Fragment key={word}>
          <dt className="font-medium text-ink-2">{word}</dt>
          <dd>{sentence}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function riskWords({ risk: { level, says } }: Review): string {
  return `${level === "No" ? "None" : level}: ${says}.`;
}

function severalWords(alike: number): ReactNode {
  return (
    <>
      {alike} identical items are open. The buttons for all of them (<kbd>⇧A</kbd>) list each one before they decide;
      every other button decides only this one.
    </>
  );
}

const NAMED = 3;

function waitingWords(path: ReviewItem["path"]): string {
  const titles = path.map((task) => `“${task.title}”`).reverse();
  const [own, ...above] = titles;
  if (above.length === 0) return `${own}, the root of the tree.`;
  const more = above.length > NAMED ? ` and ${above.length - NAMED} more` : "";
  return `${own}, and the tasks above it: ${above.slice(0, NAMED).join(", ")}${more}.`;
}

function costWords({ task, tree }: ReviewItem["cost"]): string {
  const words = ({ spent, grant }: ReviewItem["cost"]["task"]) =>
    `${spentText(spent)}${grant.cost_usd === null ? "" : ` of ${money(grant.cost_usd)}`}`;
  return `${words(task)} by this task and its subtasks; ${words(tree)} by the whole tree.`;
}

function Evidence({ item }: { item: ReviewItem }) {
  if (item.call) return <CallEvidence review={item.review} call={item.call} />;
  const change = item.proposal?.change;
  if (item.proposal && change)
    return <ChangeEvidence proposal={item.proposal} change={change} risk={riskWords(item.review)} />;
  if (item.proposal) return <ProposalEvidence proposal={item.proposal} />;
  return <OtherEvidence review={item.review} />;
}

/** The full question with its offered answers. */
function Question({ item: { review, answers }, choose }: { item: ReviewItem; choose: ItemProps["choose"] }) {
  return (
    <section className="mt-5" aria-label="Question">
      <div className="max-w-180 text-body">
        <Markdown text={review.detail || review.title} />
      </div>
      {answers.length > 0 ? (
        <div className="flex flex-wrap items-center gap-2 mt-3">
          {answers.map((answer, index) => (
            <OfferedAnswer
              key={answer}
              disabled={!choose}
              data-key={String(index + 1)}
              hint={String(index + 1)}
              // The second click of a double click would answer the question that has just taken this one's place.
              onClick={({ detail }) => (detail > 1 ? undefined : choose?.(answer))}
            >
              {answer}
            </OfferedAnswer>
          ))}
        </div>
      ) : null}
    </section>
  );
}

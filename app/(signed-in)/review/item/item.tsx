"use client";

import Link from "next/link";
import type { RefObject } from "react";
import { operate } from "@/app/operate";
import { Act } from "@/components/reviews/act";
import { AnswerRow } from "@/components/reviews/answer-row";
import { QuestionText } from "@/components/reviews/question-text";
import { buttonLook } from "@/components/ui/button-look";
import { scrollStop } from "@/components/ui/hooks/scroll-stop";
import { Icon } from "@/components/ui/icon";
import { MustSeePlace, type TellPart } from "@/components/ui/must-see";
import { Crumbs } from "@/components/ui/page/crumbs";
import { Badge } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import { TrialFacts } from "@/components/versions/trial-facts";
import type { ReviewedProposal, ReviewItem } from "@/core/shapes/review";
import type { Review, Tree } from "@/core/shapes/shapes";
import { placesWords } from "../queue/queue-rows";
import type { Seen } from "../seen/seen";
import { AlikeList } from "./alike-list";
import { AskedCall } from "./asked-call";
import { Comments } from "./comments";
import { ChangeEvidence, ChangeParts, Stage } from "./item-change";
import { Details } from "./item-details";
import { OtherEvidence } from "./item-evidence";
import { Outcomes } from "./item-outcomes";
import { ItemInner, PartHead } from "./item-parts";
import { ProposalNotes, ProposalParts, ProposalReasons } from "./item-proposal";
import { RiskLine } from "./risk-line";

interface Group {
  items: readonly Review[];
  /** Ids of those that are decided; the person may leave out others. */
  chosen: ReadonlySet<string>;
  /** Null when nothing can be decided here. */
  choose: ((id: string, isChosen: boolean) => void) | null;
}

interface ItemProps {
  item: ReviewItem;
  /** The items that this decision settles; more than one: alike items, in one or several trees. */
  group: Group;
  trees: ReadonlyMap<string, Tree>;
  heading: RefObject<HTMLHeadingElement | null>;
  back: () => void;
  /** Sends one of the question's offered answers; null: the user cannot answer. */
  choose: ((answer: string) => void) | null;
  seen: Seen;
  /** Is told of each part of the evidence that is folded, cut or loading. */
  tell: TellPart;
  /** Stands at the end of the evidence. */
  end: RefObject<HTMLDivElement | null>;
}

/** What a person decides, from the act to its outcomes: the risk in one line, the evidence, and the rest folded. */
export function Item({ item, group, trees, heading, back, choose, seen, tell, end }: ItemProps) {
  const { review } = item;
  const isSeveral = group.items.length > 1;
  return (
    <section
      className="scrollbar-thin scrollbar-thumb-line-strong scrollbar-track-transparent min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
      aria-label="What is asked"
      ref={scrollStop}
      data-evidence-scroll
    >
      <ItemInner>
        <Where item={item} group={group} tree={trees.get(review.tree_id)} back={back} />
        <h2
          className="wrap-anywhere mt-1 text-[20px]/7 font-semibold tracking-normal [&_code]:font-medium"
          ref={heading}
          tabIndex={-1}
        >
          <Act act={review.act} />
          {isSeveral ? (
            <span className="ml-2 align-[3px]">
              <Badge>{placesWords(group.items)}</Badge>
            </span>
          ) : null}
        </h2>
        {review.kind === "question" ? null : <RiskLine review={review} />}
        {item.proposal?.change ? <Stage change={item.proposal.change} /> : null}
        {item.proposal?.trial ? (
          <section className="mt-5 max-w-180" aria-label="Trial">
            <PartHead>Trial</PartHead>
            <TrialFacts trial={item.proposal.trial} end={(id, decision) => operate("endTrial", { id, decision })} />
          </section>
        ) : null}
        <MustSeePlace value={tell}>
          {/* A diff or a text stands in its full height, so that its end is the end of the page's scrolling. */}
          <div className="mt-5 space-y-5 [&_[data-lines]]:max-h-none" data-testid="shown">
            {review.kind === "question" ? (
              <Question item={item} choose={choose} seen={seen} />
            ) : (
              <Evidence item={item} />
            )}
          </div>
        </MustSeePlace>
        {isSeveral ? (
          <div className="mt-3">
            <AlikeList {...group} trees={trees} />
          </div>
        ) : null}
        <div ref={end} className="h-px" data-end />
        <Outcomes item={item} count={isSeveral ? group.chosen.size : 1} isSeveral={isSeveral} />
        <Details item={item} />
        <Comments comments={item.comments} />
      </ItemInner>
    </section>
  );
}

const ASKED: Record<Review["kind"], string> = {
  question: "asked",
  approval: "asked",
  proposal: "proposed",
  change: "proposed",
  flag: "flagged",
};

/** The tree, the task in it, the folder, and who asked when. */
function Where({ item, group, tree, back }: Pick<ItemProps, "item" | "group" | "back"> & { tree: Tree | undefined }) {
  const { review, path, agent, proposal } = item;
  const isSeveral = group.items.length > 1;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-small text-ink-3">
      <button
        type="button"
        className={buttonLook("quiet", "hidden! -ml-2 phone:inline-flex!")}
        data-back
        onClick={back}
      >
        <Icon name="left" />
        Review
      </button>
      {isSeveral ? (
        <span>{placesWords(group.items)}, the same act</span>
      ) : (
        <Place review={review} path={path} tree={tree} />
      )}
      <span>
        {isSeveral ? "first asked" : `${agent} ${proposal?.seed ? "changed a seed" : ASKED[review.kind]}`}
        {review.decided_at ? "; decided after " : " "}
        <Elapsed since={review.created_at} until={review.decided_at} />
        {review.decided_at ? "" : " ago"}
      </span>
    </div>
  );
}

function Place({ review, path, tree }: Pick<ReviewItem, "review" | "path"> & { tree: Tree | undefined }) {
  const name = tree?.workspace.split("/").findLast((part) => part !== "");
  // A folder that Banyan made for the tree has the tree's id, which says nothing to a reader.
  const folder = name === tree?.id ? undefined : name;
  return (
    <>
      <Crumbs aria-label="Where">
        {path.map((task) => (
          <span key={task.id}>
            <Link
              className="link phone:inline-flex phone:min-h-6 phone:items-center"
              href={`/trees/${review.tree_id}?task=${task.id}`}
              prefetch={false}
            >
              {task.title}
            </Link>
          </span>
        ))}
      </Crumbs>
      {folder ? (
        <span
          className="inline-flex h-6 max-w-56 items-center gap-1.5 rounded-control border border-line px-2 font-medium text-ink-2"
          title={tree?.workspace}
        >
          <Icon name="folder" className="size-3.5 flex-none" />
          <span className="min-w-0 truncate">{folder}</span>
        </span>
      ) : null}
    </>
  );
}

function Evidence({ item }: { item: ReviewItem }) {
  const { review, call, proposal } = item;
  if (call) return <AskedCall review={review} call={call} isOpen={item.may_not.decide === null} />;
  if (proposal) return <Proposed proposal={proposal} cannot={review.status === "open" ? item.may_not.approve : null} />;
  return <OtherEvidence review={review} />;
}

function Proposed({ proposal, cannot }: { proposal: ReviewedProposal; cannot: string | null }) {
  const { change } = proposal;
  return change ? (
    <>
      <ChangeParts proposal={proposal} change={change} cannot={cannot} />
      <ChangeEvidence proposal={proposal} change={change} />
    </>
  ) : (
    <>
      <ProposalNotes proposal={proposal} />
      <ProposalParts proposal={proposal} />
      <ProposalReasons proposal={proposal} />
    </>
  );
}

/** What the title does not say of a question, its material, and its offered answers as buttons. */
function Question({ item: { review, answers }, choose, seen }: Pick<ItemProps, "item" | "choose" | "seen">) {
  return (
    <section aria-label="Question">
      <QuestionText review={review} />
      {review.evidence ? <OtherEvidence review={review} /> : null}
      {answers.length > 0 ? (
        <div className="mt-3 grid gap-2">
          {answers.map((answer, index) => (
            <AnswerRow
              key={answer}
              answer={answer}
              nth={index + 1}
              disabled={!choose}
              aria-disabled={(choose !== null && !seen.isAwake) || undefined}
              // The second click of a double click would answer the question that has just taken this one's place.
              onClick={({ detail }) => (detail > 1 || !seen.isAwake ? undefined : choose?.(answer))}
            />
          ))}
        </div>
      ) : null}
    </section>
  );
}

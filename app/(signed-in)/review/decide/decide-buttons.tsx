"use client";

import { type MouseEvent, useState } from "react";
import type { Deciding } from "@/components/reviews/deciding";
import { Button } from "@/components/ui/parts";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { isAskOfCall } from "@/core/words/asks";
import { plural } from "@/core/words/figures";
import type { Several } from "./several-dialog";

export type Form = "reject" | "edit" | "comment" | "ask" | "rule";

export interface DecideButtonsProps {
  item: ReviewItem;
  /** The item and all open items identical to it. */
  alike: readonly Review[];
  deciding: Deciding;
  /** Opens the dialog that lists several items before they are decided. */
  askSeveral: (several: Several) => void;
  /** Rows are selected, so that ⇧A is the key of their bar. */
  hasSelection: boolean;
  form: Form | null;
  toggle: (form: Form) => void;
}

const WORDS = { flag: ["Dealt with", "No problem"], other: ["Approve", "Reject"] } as const;

/** Buttons that decide the item that is shown, and only this one. On a phone the others are behind “More”. */
export function DecideButtons({ item, alike, deciding, askSeveral, hasSelection, form, toggle }: DecideButtonsProps) {
  const { review, may_not: mayNot, proposal } = item;
  const { kind } = review;
  const [isMore, setMore] = useState(false);
  const [yes, no] = WORDS[kind === "flag" ? "flag" : "other"];
  const comments = item.comments.filter((one) => one.kind === "comment").length;
  const cannot = mayNot.decide !== null;
  // The second click of a double click would decide the item that has just taken this one's place.
  const approve = ({ detail }: MouseEvent) => (detail > 1 ? undefined : deciding.approve([review]));
  return (
    <>
      {kind === "question" ? null : (
        <>
          <Button
            look={form ? "plain" : "primary"}
            hint="a"
            data-key="a"
            disabled={mayNot.approve !== null || proposal?.stale}
            onClick={approve}
          >
            {yes}
          </Button>
          <Opener form={form} toggle={toggle} what="reject" hint="r" look="plain" disabled={cannot}>
            {comments > 0 ? `${no} with ${plural(comments, "comment")}…` : `${no}…`}
          </Opener>
        </>
      )}
      <Button
        look="quiet"
        className="hidden! phone:inline-flex!"
        data-more
        aria-expanded={isMore}
        onClick={() => setMore(!isMore)}
      >
        {isMore ? "Less" : "More"}
      </Button>
      <div className={isMore ? "contents" : "contents phone:hidden"}>
        {alike.length > 1 ? (
          <Button
            disabled={mayNot.approve !== null}
            aria-haspopup="dialog"
            {...(!hasSelection && { hint: "⇧A", "data-key": "A" })}
            onClick={() => askSeveral({ verb: "approve", items: alike })}
          >
            {yes} all {alike.length} alike…
          </Button>
        ) : null}
        {alike.length > 1 ? (
          <Button
            look="quiet"
            disabled={cannot}
            aria-haspopup="dialog"
            onClick={() => askSeveral({ verb: "reject", items: alike })}
          >
            {no} all {alike.length}…
          </Button>
        ) : null}
        <OtherForms item={item} form={form} toggle={toggle} cannot={cannot} />
      </div>
    </>
  );
}

interface OtherFormsProps extends Pick<DecideButtonsProps, "item" | "form" | "toggle"> {
  cannot: boolean;
}

/** Buttons that open the further forms: edit, comment, question to the task, rule. */
function OtherForms({ item, form, toggle, cannot }: OtherFormsProps) {
  const { review, may_not: mayNot, proposal } = item;
  const isCall = review.kind === "approval" && !isAskOfCall(review);
  const isEditable = isCall || (proposal?.parts.some((part) => part.editable) ?? false);
  return (
    <>
      {isEditable ? (
        <Opener form={form} toggle={toggle} what="edit" hint="e" disabled={cannot || proposal?.stale === true}>
          Edit…
        </Opener>
      ) : null}
      <Opener form={form} toggle={toggle} what="comment" hint="c" disabled={mayNot.comment !== null}>
        Comment…
      </Opener>
      <Opener form={form} toggle={toggle} what="ask" hint="q" disabled={mayNot.ask !== null}>
        Ask the task…
      </Opener>
      {review.kind === "approval" ? (
        <Opener form={form} toggle={toggle} what="rule" disabled={cannot}>
          Make a rule…
        </Opener>
      ) : null}
    </>
  );
}

interface OpenerProps extends Pick<DecideButtonsProps, "form" | "toggle"> {
  what: Form;
  hint?: string;
  look?: "plain" | "quiet";
  disabled: boolean;
  children: string;
}

function Opener({ form, toggle, what, hint, look = "quiet", disabled, children }: OpenerProps) {
  return (
    <Button
      look={look}
      hint={hint}
      data-key={hint}
      data-form={what}
      aria-expanded={form === what}
      disabled={disabled}
      onClick={() => toggle(what)}
    >
      {children}
    </Button>
  );
}

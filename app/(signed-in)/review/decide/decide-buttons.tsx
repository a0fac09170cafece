"use client";

import { type MouseEvent, useState } from "react";
import type { Deciding } from "@/components/reviews/deciding";
import type { IconName } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { isAskOfCall } from "@/core/words/asks";
import { plural } from "@/core/words/figures";
import type { Seen } from "../seen/seen";

export type Form = "reject" | "edit" | "comment" | "ask" | "rule";

export interface DecideButtonsProps {
  item: ReviewItem;
  /** The alike items that are decided together; for a single item itself. */
  chosen: readonly Review[];
  /** Whether alike items are shown, of which the person may leave some out. */
  isSeveral: boolean;
  deciding: Deciding;
  seen: Seen;
  form: Form | null;
  toggle: (form: Form) => void;
}

/** Id of the line that says why the buttons sleep. */
export const SEEN_LINE = "seen-line";

/** Buttons that decide the item that is shown, and only this one. On a phone the others are behind “More”. */
export function DecideButtons(props: DecideButtonsProps) {
  const { item, chosen, isSeveral, deciding, seen, form, toggle } = props;
  const { review, may_not: mayNot, proposal } = item;
  const { kind } = review;
  const [isMore, setMore] = useState(false);
  const no = kind === "flag" ? "No problem" : "Reject";
  const comments = item.comments.filter((one) => one.kind === "comment").length;
  const none = chosen.length === 0;
  const cannot = mayNot.decide !== null || none;
  const cannotApprove = mayNot.approve !== null || proposal?.stale === true || none;
  const count = isSeveral ? ` ${chosen.length}` : "";
  const asleep = asleepBy(seen);
  // The second click of a double click would decide the item that has just taken this one's place.
  const approve = ({ detail }: MouseEvent) => (detail > 1 || !seen.isAwake ? undefined : deciding.approve(chosen));
  const isFilled = form === null && seen.isAwake && !cannotApprove;
  const isHigh = review.risk.level === "High";
  return (
    <>
      {kind === "question" ? null : (
        <>
          <Button
            // A high risk has no filled button, and a filled one does not wait.
            look={isHigh ? "danger" : isFilled ? "primary" : "plain"}
            className={isHigh && isFilled ? "border-fail!" : ""}
            hint="a"
            data-key="a"
            disabled={cannotApprove}
            {...(!cannotApprove && asleep)}
            onClick={approve}
          >
            {isSeveral ? approveAllWords(item.button, chosen) : `${item.button.verb} ${item.button.object}`.trim()}
          </Button>
          <Opener
            form={form}
            toggle={toggle}
            what="reject"
            hint="r"
            look="plain"
            disabled={cannot}
            asleep={cannot ? null : asleep}
          >
            {comments > 0 ? `${no} with ${plural(comments, "comment")}…` : `${no}${count}…`}
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
        <OtherForms item={item} isSeveral={isSeveral} form={form} toggle={toggle} cannot={cannot} asleep={asleep} />
      </div>
    </>
  );
}

/** "Install in 3 trees", or "Approve 3". */
function approveAllWords({ verb, object }: ReviewItem["button"], chosen: readonly Review[]): string {
  const trees = new Set(chosen.map(({ tree_id }) => tree_id)).size;
  if (object === "") return `${verb} ${chosen.length}`;
  return trees === chosen.length ? `${verb} in ${plural(trees, "tree")}` : `Approve ${chosen.length}`;
}

type Asleep = { "aria-disabled": true; "aria-describedby": string } | null;

/** Attributes of a button that sleeps: it can be found, and the line beside it says what is missing. */
function asleepBy({ isAwake }: Seen): Asleep {
  return isAwake ? null : { "aria-disabled": true, "aria-describedby": SEEN_LINE };
}

interface OtherFormsProps extends Pick<DecideButtonsProps, "item" | "isSeveral" | "form" | "toggle"> {
  cannot: boolean;
  asleep: Asleep;
}

/** Buttons that open the further forms: edit, comment, question to the task, rule. */
function OtherForms({ item, isSeveral, form, toggle, cannot, asleep }: OtherFormsProps) {
  const decides = { disabled: cannot, asleep: cannot ? null : asleep };
  const { review, may_not: mayNot, proposal } = item;
  const isCall = review.kind === "approval" && !isAskOfCall(review);
  const isEditable = isCall || (proposal?.parts.some((part) => part.editable) ?? false);
  return (
    <>
      {/* These are about one task, and a group has one or more of them. */}
      {isSeveral ? null : (
        <>
          {isEditable ? (
            <Opener
              form={form}
              toggle={toggle}
              what="edit"
              hint="e"
              {...decides}
              disabled={cannot || proposal?.stale === true}
            >
              Edit…
            </Opener>
          ) : null}
          <Opener
            form={form}
            toggle={toggle}
            what="comment"
            hint="c"
            icon="comment"
            look="plain"
            disabled={mayNot.comment !== null}
          >
            Comment…
          </Opener>
          <Opener
            form={form}
            toggle={toggle}
            what="ask"
            hint="q"
            icon="question"
            look="plain"
            disabled={mayNot.ask !== null}
          >
            Ask the task…
          </Opener>
        </>
      )}
      {review.kind === "approval" ? (
        <Opener form={form} toggle={toggle} what="rule" {...decides}>
          Make a rule…
        </Opener>
      ) : null}
    </>
  );
}

interface OpenerProps extends Pick<DecideButtonsProps, "form" | "toggle"> {
  what: Form;
  hint?: string;
  /** Instead of its words, which a pointer and screen readers still get. */
  icon?: IconName;
  look?: "plain" | "quiet";
  disabled: boolean;
  /** Set while its form must not decide yet. */
  asleep?: Asleep;
  children: string;
}

function Opener({ form, toggle, what, hint, icon, look = "quiet", disabled, asleep = null, children }: OpenerProps) {
  return (
    <Button
      look={look}
      {...(icon ? { icon, title: `${children} (${hint})`, className: "w-control px-0!" } : { hint })}
      data-key={hint}
      data-form={what}
      aria-expanded={form === what}
      disabled={disabled}
      {...asleep}
      onClick={() => (asleep ? undefined : toggle(what))}
    >
      {icon ? <span className="sr-only">{children}</span> : children}
    </Button>
  );
}

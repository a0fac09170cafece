"use client";

import { type RefObject, useState } from "react";
import { Button } from "@/components/ui/parts";
import type { ReviewItem } from "@/core/shapes/review";
import { plural } from "@/core/words/figures";
import { AnswerForm } from "./answer-form";
import { DecisionBar } from "./bar-parts";
import { EditForm } from "./edit-form";
import { RuleForm } from "./rule-form";
import { TalkForm } from "./talk-form";

export interface Deciding {
  approve: (reviewIds: readonly string[], extra?: { edited?: Record<string, string> }) => void;
  reject: (reviewIds: readonly string[], reason: string) => void;
  answer: (reviewId: string, text: string) => void;
  approveChanged: (reviewId: string, input: string) => void;
}

interface DecideBarProps {
  item: ReviewItem;
  /** Ids of the item and of all open items identical to it. */
  alike: readonly string[];
  isOver: boolean;
  deciding: Deciding;
  canUndo: boolean;
  undo: () => void;
  /** Reloads the item after a comment, a question or a new rule. */
  reload: () => void;
  answerBox: RefObject<HTMLTextAreaElement | null>;
}

export type Form = "reject" | "edit" | "comment" | "ask" | "rule";

/** Bar with the decisions on an item. It always stays in view; one form at a time opens above its buttons. */
export function DecideBar(props: DecideBarProps) {
  const { item, isOver, canUndo, undo } = props;
  const [form, setForm] = useState<Form | null>(null);
  const close = () => {
    const opener = form;
    setForm(null);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-form="${opener}"]`)?.focus());
  };
  if (isOver) return <Over item={item} canUndo={canUndo} undo={undo} />;
  return (
    <DecisionBar name="decide">
      {form ? <FormOf {...props} form={form} close={close} /> : null}
      {item.may_not.decide ? <p className="flex-[1_0_100%] text-ink-2 text-small">{item.may_not.decide}</p> : null}
      {item.review.kind === "question" && !item.may_not.decide ? (
        <AnswerForm
          key={item.review.id}
          reviewId={item.review.id}
          box={props.answerBox}
          send={(text) => props.deciding.answer(item.review.id, text)}
        />
      ) : null}
      <Buttons {...props} form={form} toggle={(what) => setForm(form === what ? null : what)} />
      {canUndo ? (
        <Button look="quiet" data-key="z" hint="z" onClick={undo}>
          Undo
        </Button>
      ) : null}
      <span className="phone:hidden min-w-0 flex-auto" />
      <span className="m-0 text-small leading-4.5 text-ink-3 phone:hidden max-[1680px]:hidden">
        <kbd>j</kbd> <kbd>k</kbd> next item <kbd>x</kbd> select
      </span>
    </DecisionBar>
  );
}

const WORDS = { flag: ["Dealt with", "No problem"], other: ["Approve", "Reject"] } as const;

function Buttons({
  item,
  alike,
  deciding,
  form,
  toggle,
}: DecideBarProps & { form: Form | null; toggle: (form: Form) => void }) {
  const { review, may_not: mayNot, proposal } = item;
  const { kind, id } = review;
  const [yes, no] = WORDS[kind === "flag" ? "flag" : "other"];
  const comments = item.comments.filter((one) => one.kind === "comment").length;
  const opener = (what: Form, key: string, word: string, disabled = false, look: "plain" | "quiet" = "quiet") => (
    <Button
      look={look}
      hint={key}
      data-key={key}
      data-form={what}
      aria-expanded={form === what}
      disabled={disabled}
      onClick={() => toggle(what)}
    >
      {word}
    </Button>
  );
  const cannot = mayNot.decide !== null;
  const isEditable = kind === "approval" || (proposal?.parts.some((part) => part.editable) ?? false);
  return (
    <>
      {kind === "question" ? null : (
        <>
          <Button
            look={form ? "plain" : "primary"}
            hint="a"
            data-key="a"
            disabled={cannot || proposal?.stale}
            onClick={() => deciding.approve(alike)}
          >
            {alike.length > 1 ? `Approve all ${alike.length} alike` : yes}
          </Button>
          {alike.length > 1 ? (
            <Button disabled={cannot} onClick={() => deciding.approve([id])}>
              Only this one
            </Button>
          ) : null}
          {opener(
            "reject",
            "r",
            comments > 0 ? `${no} with ${plural(comments, "comment")}…` : `${no}…`,
            cannot,
            "plain",
          )}
        </>
      )}
      {isEditable ? opener("edit", "e", "Edit…", cannot || proposal?.stale) : null}
      {opener("comment", "c", "Comment…", mayNot.comment !== null)}
      {opener("ask", "q", "Ask the task…", mayNot.ask !== null)}
      {kind === "approval" ? (
        <Button
          look="quiet"
          data-form="rule"
          aria-expanded={form === "rule"}
          disabled={cannot}
          onClick={() => toggle("rule")}
        >
          Make a rule…
        </Button>
      ) : null}
    </>
  );
}

function FormOf({ item, alike, deciding, form, close, reload }: DecideBarProps & { form: Form; close: () => void }) {
  const { review } = item;
  switch (form) {
    case "reject":
      return (
        <TalkForm
          id={`reject.${review.id}`}
          label={
            review.kind === "flag"
              ? "Why it is no problem (optional, for its task)"
              : `Reason (optional): ${item.agent} reads it`
          }
          button={
            review.kind === "flag" ? "No problem" : alike.length > 1 ? `Reject all ${alike.length} alike` : "Reject"
          }
          isOptional
          isHeld
          close={close}
          send={async (reason) => {
            deciding.reject(alike, reason);
            return { ok: true, sentence: "" };
          }}
        />
      );
    case "comment":
    case "ask":
      return <MessageForm item={item} form={form} close={close} reload={reload} />;
    case "rule":
      return <RuleForm item={item} close={close} onDone={reload} />;
    case "edit":
      return <EditForm item={item} deciding={deciding} close={close} />;
  }
}

function MessageForm({
  item,
  form,
  close,
  reload,
}: Pick<DecideBarProps, "item" | "reload"> & { form: "comment" | "ask"; close: () => void }) {
  const isAsk = form === "ask";
  const { review, agent } = item;
  const consequence =
    review.kind === "approval"
      ? ` Answering cancels this call; ${agent} may request it again.`
      : " The item stays open.";
  return (
    <TalkForm
      id={`${form}.${review.id}`}
      label={isAsk ? `Your question for ${agent}` : "Your comment"}
      hint={
        isAsk
          ? `${agent} reads it at its next turn and answers in its log.${consequence}`
          : "The person who decides reads it. The task reads it with the decision."
      }
      button={isAsk ? "Ask the task" : "Comment"}
      path={`reviews/${review.id}/${form}`}
      close={close}
      onDone={reload}
    />
  );
}

/** Bar of an item that is already decided, by somebody else or on this page. It offers no second decision. */
function Over({ item: { review }, canUndo, undo }: Pick<DecideBarProps, "item" | "canUndo" | "undo">) {
  const isFlag = review.kind === "flag";
  const how = {
    approved: isFlag ? "dealt with" : "approved",
    rejected: isFlag ? "closed as no problem" : "rejected",
    answered: "answered",
    withdrawn: "withdrawn",
    open: "decided",
  }[review.status];
  const by = review.decided_by ? ` by ${review.decided_by}` : "";
  return (
    <DecisionBar name="decide">
      <p className="min-w-0 flex-auto text-ink-2">
        {review.status === "open" ? "Decided here. It is sent in a few seconds." : `Already ${how}${by}.`}
        {review.answer ? <span className="wrap-anywhere"> “{review.answer.slice(0, 300)}”</span> : null}
      </p>
      {canUndo ? (
        <Button data-key="z" hint="z" onClick={undo}>
          Undo
        </Button>
      ) : null}
    </DecisionBar>
  );
}

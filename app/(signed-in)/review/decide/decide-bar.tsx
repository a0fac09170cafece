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
  /** Of the row: the item and all that are equal to it. */
  alike: readonly string[];
  isOver: boolean;
  deciding: Deciding;
  canUndo: boolean;
  undo: () => void;
  /** Something was said at the item: it is read again. */
  onSaid: () => void;
  answerBox: RefObject<HTMLTextAreaElement | null>;
}

export type Form = "reject" | "edit" | "comment" | "ask" | "rule";

/** Decisions in a bar that stays. What a form needs opens above its buttons; one of it at a time. */
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

function FormOf({ item, alike, deciding, form, close, onSaid }: DecideBarProps & { form: Form; close: () => void }) {
  const { review } = item;
  switch (form) {
    case "reject":
      return (
        <TalkForm
          id={`reject.${review.id}`}
          label={
            review.kind === "flag"
              ? "Why it is no problem, if its task should know"
              : `Why not: ${item.agent} reads this`
          }
          button={
            review.kind === "flag" ? "No problem" : alike.length > 1 ? `Reject all ${alike.length} alike` : "Reject it"
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
      return <Said item={item} form={form} close={close} onSaid={onSaid} />;
    case "rule":
      return <RuleForm item={item} close={close} onDone={onSaid} />;
    case "edit":
      return <EditForm item={item} deciding={deciding} close={close} />;
  }
}

function Said({
  item,
  form,
  close,
  onSaid,
}: Pick<DecideBarProps, "item" | "onSaid"> & { form: "comment" | "ask"; close: () => void }) {
  const isAsk = form === "ask";
  const { review, agent } = item;
  const calledOff =
    review.kind === "approval"
      ? " To answer it calls the call off, and may ask for it again."
      : " The item stays open.";
  return (
    <TalkForm
      id={`${form}.${review.id}`}
      label={isAsk ? `What do you want to know from ${agent}?` : "Your comment"}
      hint={
        isAsk
          ? `${agent} reads it at its next turn, and answers in its log.${calledOff}`
          : "Whoever decides reads it, and the task with the decision."
      }
      button={isAsk ? "Ask the task" : "Comment"}
      path={`reviews/${review.id}/${form}`}
      close={close}
      onDone={onSaid}
    />
  );
}

/** Somebody was quicker, or this page has decided: the bar says so, and nothing can be decided twice. */
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
        {review.status === "open"
          ? "Decided here; it is sent in a moment."
          : `It was ${how}${by}. Nothing is left to decide.`}
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

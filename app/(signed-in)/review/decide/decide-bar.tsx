"use client";

import { type RefObject, useState } from "react";
import type { Held } from "@/components/reviews/held-decisions";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";
import type { Review } from "@/core/shapes/shapes";
import { AnswerForm } from "./answer-form";
import { DecisionBar } from "./bar-parts";
import { DecideButtons, type DecideButtonsProps, type Form, SEEN_LINE } from "./decide-buttons";
import { SettledBar } from "./settled-bar";
import { TalkForm } from "./talk-form";

/** Few decisions need them, so they load when one opens. */
const EditForm = lazily(() => import("./edit-form").then((file) => file.EditForm));
const RuleForm = lazily(() => import("./rule-form").then((file) => file.RuleForm));

interface DecideBarProps extends Omit<DecideButtonsProps, "form" | "toggle"> {
  /** This page's decision on the item. */
  held: Held | undefined;
  /** All open items that the page knows. */
  open: readonly Review[];
  /** The item is decided, on this page or elsewhere. */
  isOver: boolean;
  me: string;
  canUndo: boolean;
  undo: () => void;
  /** Reloads the item after a comment, a question or a new rule. */
  reload: () => void;
  answerBox: RefObject<HTMLTextAreaElement | null>;
}

/** Bar with the decisions on an item. It always stays in view; one form at a time opens above its buttons. */
export function DecideBar(props: DecideBarProps) {
  const { item, held, isOver, me, canUndo, undo, deciding } = props;
  const { review } = item;
  const [form, setForm] = useState<Form | null>(null);
  const close = () => {
    const opener = form;
    setForm(null);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-form="${opener}"]`)?.focus());
  };
  const failure = held?.state === "failed" ? held.sentence : null;
  if (isOver) return <SettledBar review={review} me={me} canUndo={canUndo} undo={undo} held={held} />;
  return (
    <DecisionBar name="decide">
      {form ? <FormOf {...props} form={form} close={close} /> : null}
      {item.may_not.approve ? <p className="flex-[1_0_100%] text-ink-2 text-small">{item.may_not.approve}</p> : null}
      {failure ? (
        <p className="wrap-anywhere flex-[1_0_100%] text-fail text-small" role="alert">
          <TimedText text={failure} />
        </p>
      ) : null}
      {review.kind === "question" && !item.may_not.decide ? (
        <AnswerForm
          key={review.id}
          reviewId={review.id}
          box={props.answerBox}
          isOther={item.answers.length > 0}
          isSeen={props.seen.isSeen}
          send={(text) => deciding.answer(review, text)}
        />
      ) : null}
      <DecideButtons {...props} form={form} toggle={(what) => setForm(form === what ? null : what)} />
      {canUndo ? (
        <Button look="quiet" data-key="z" hint="z" onClick={undo}>
          Undo
        </Button>
      ) : null}
      {item.may_not.decide === null ? (
        <p
          className="ml-auto whitespace-nowrap text-ink-2 text-small phone:ml-0 phone:flex-[1_0_100%]"
          id={SEEN_LINE}
          role="status"
          data-awake={props.seen.isAwake || undefined}
        >
          {props.seen.sentence}
        </p>
      ) : null}
    </DecisionBar>
  );
}

function FormOf({
  item,
  chosen,
  isSeveral,
  open,
  deciding,
  form,
  close,
  reload,
}: DecideBarProps & { form: Form; close: () => void }) {
  const { review } = item;
  switch (form) {
    case "reject":
      return (
        <TalkForm
          id={`reject.${review.id}`}
          label={
            review.kind === "flag"
              ? "Why it is no problem (optional, for its task)"
              : `Reason (optional): ${isSeveral ? "each task" : item.agent} reads it`
          }
          button={`${review.kind === "flag" ? "No problem" : "Reject"}${isSeveral ? ` ${chosen.length}` : ""}`}
          isOptional
          isHeld
          close={close}
          send={async (reason) => {
            deciding.reject(chosen, reason);
            return { ok: true, sentence: "" };
          }}
        />
      );
    case "comment":
    case "ask":
      return <MessageForm item={item} form={form} close={close} reload={reload} />;
    case "rule":
      return <RuleForm item={item} open={open} close={close} onDone={reload} />;
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

"use client";

import { type FormEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { ActionRow } from "./action-row";
import { toolOf } from "./approval-text";

export type Decide = (
  reviewId: string,
  decision: "approved" | "rejected",
  reason: string,
  alike: boolean,
) => Promise<Outcome>;

interface ApprovalActionsProps {
  review: Review;
  decide: Decide;
  approveTool: (reviewId: string, why: string) => Promise<Outcome>;
  /** Receives the server's sentence, to show in place of the decided item. */
  onDone: (sentence: string) => void;
}

type Asking = "refusal" | "rule";

/** Actions of an approval: approve it or all identical ones, reject with a reason, or allow the tool for a day. */
export function ApprovalActions({ review, decide, approveTool, onDone }: ApprovalActionsProps) {
  const { pending, outcome, run } = useAction();
  const [asking, setAsking] = useState<Asking | null>(null);
  const openers = { refusal: useRef<HTMLButtonElement>(null), rule: useRef<HTMLButtonElement>(null) };
  const tool = toolOf(review);
  const act = (work: () => Promise<Outcome>) => run(work, (result) => result.ok && onDone(result.sentence));
  const toggle = (what: Asking) => setAsking(asking === what ? null : what);

  function close(): void {
    const opener = asking ? openers[asking].current : null;
    setAsking(null);
    opener?.focus();
  }

  return (
    <>
      <ActionRow>
        <Button
          icon="approval"
          disabled={pending}
          data-answer
          onClick={() => act(() => decide(review.id, "approved", "", false))}
        >
          Approve
        </Button>
        {review.alike > 1 ? (
          <Button disabled={pending} onClick={() => act(() => decide(review.id, "approved", "", true))}>
            Approve all {review.alike} alike
          </Button>
        ) : null}
        <Button
          ref={openers.refusal}
          disabled={pending}
          aria-expanded={asking === "refusal"}
          onClick={() => toggle("refusal")}
        >
          Reject…
        </Button>
        <Button
          ref={openers.rule}
          look="quiet"
          disabled={pending}
          aria-expanded={asking === "rule"}
          onClick={() => toggle("rule")}
        >
          Always for {tool}, 24 h…
        </Button>
      </ActionRow>
      {asking === "refusal" ? (
        <RefusalForm
          alike={review.alike}
          pending={pending}
          close={close}
          send={(reason, alike) => act(() => decide(review.id, "rejected", reason, alike))}
        />
      ) : null}
      {asking === "rule" ? (
        <RuleForm tool={tool} pending={pending} close={close} send={(why) => act(() => approveTool(review.id, why))} />
      ) : null}
      <OutcomeLine outcome={outcome?.ok ? null : outcome} />
    </>
  );
}

interface RefusalFormProps {
  alike: number;
  pending: boolean;
  close: () => void;
  send: (reason: string, alike: boolean) => void;
}

function RefusalForm({ alike, pending, close, send }: RefusalFormProps) {
  const [reason, setReason] = useState("");
  const [all, setAll] = useState(false);
  const field = useFirstFocus();
  function submit(event: FormEvent): void {
    event.preventDefault();
    send(reason, all);
  }
  return (
    <AskForm submit={submit} close={close}>
      <label className={FIELD}>
        <span>Reason (optional): the agent reads it instead of the tool's response</span>
        <textarea ref={field} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      {alike > 1 ? (
        <label className="flex min-w-0 items-center gap-2">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
          Reject all {alike} alike
        </label>
      ) : null}
      <FormActs close={close} disabled={pending} look="danger">
        Reject{all ? ` all ${alike}` : ""}
      </FormActs>
    </AskForm>
  );
}

interface RuleFormProps {
  tool: string;
  pending: boolean;
  close: () => void;
  send: (why: string) => void;
}

function RuleForm({ tool, pending, close, send }: RuleFormProps) {
  const [why, setWhy] = useState("");
  const [isMissing, setMissing] = useState(false);
  const field = useFirstFocus();
  const hint = useId();
  function submit(event: FormEvent): void {
    event.preventDefault();
    setMissing(!why.trim());
    if (why.trim()) send(why);
    else field.current?.focus();
  }
  return (
    <AskForm submit={submit} close={close}>
      <label className={FIELD}>
        <span>Why may every call of {tool} run without approval?</span>
        <textarea
          ref={field}
          rows={2}
          value={why}
          aria-invalid={isMissing}
          aria-describedby={hint}
          onChange={(event) => setWhy(event.target.value)}
        />
      </label>
      <Hint isBad={Boolean(isMissing)} id={hint}>
        {isMissing ? "Enter a reason. It is shown with the rule. " : ""}
        Holds for 24 hours in every tree, with any arguments. Waiting calls of {tool} run now. You can switch the rule
        off under Review, Rules.
      </Hint>
      <div className="flex flex-wrap items-center gap-2 phone:in-data-row:*:flex-auto phone:in-data-row:*:border-line-strong">
        <Button type="submit" disabled={pending}>
          Allow {tool} for 24 h
        </Button>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
    </AskForm>
  );
}

interface AskFormProps {
  submit: (event: FormEvent) => void;
  close: () => void;
  children: React.ReactNode;
}

/** Form that Escape closes, and that Ctrl or ⌘ with Enter submits. */
export function AskForm({ submit, close, children }: AskFormProps) {
  return (
    <form
      className="stack mt-2 max-w-160"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit(event);
      }}
    >
      {children}
    </form>
  );
}

export function useFirstFocus(): RefObject<HTMLTextAreaElement | null> {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}

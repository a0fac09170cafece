"use client";

import { type FormEvent, useRef, useState } from "react";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { ActionRow } from "./action-row";
import { AskForm, useFirstFocus } from "./reason-form";

interface ProposalActionsProps {
  review: Review;
  mayApprove: boolean;
  mayReject: boolean;
  decide: (reviewId: string, decision: "approved" | "rejected", reason: string) => Promise<Outcome>;
  onDone: (sentence: string) => void;
}

/** Actions of a proposal. Approving may take a while: a proposed server is started and tested first. */
export function ProposalActions({ review, mayApprove, mayReject, decide, onDone }: ProposalActionsProps) {
  const { pending, outcome, run } = useAction();
  const [isRejecting, setRejecting] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const act = (work: () => Promise<Outcome>) => run(work, (result) => result.ok && onDone(result.sentence));
  function close(): void {
    setRejecting(false);
    opener.current?.focus();
  }
  return (
    <>
      <ActionRow>
        <Button
          icon="approval"
          disabled={pending || !mayApprove}
          data-answer
          onClick={() => act(() => decide(review.id, "approved", ""))}
        >
          {pending && !isRejecting ? "Testing…" : "Approve"}
        </Button>
        <Button
          ref={opener}
          disabled={pending || !mayReject}
          aria-expanded={isRejecting}
          onClick={() => (isRejecting ? close() : setRejecting(true))}
        >
          Reject…
        </Button>
      </ActionRow>
      {isRejecting ? (
        <RejectionForm
          pending={pending}
          close={close}
          send={(reason) => act(() => decide(review.id, "rejected", reason))}
        />
      ) : null}
      <OutcomeLine outcome={outcome?.ok ? null : outcome} />
    </>
  );
}

function RejectionForm({
  pending,
  close,
  send,
}: {
  pending: boolean;
  close: () => void;
  send: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  const field = useFirstFocus();
  function submit(event: FormEvent): void {
    event.preventDefault();
    send(reason);
  }
  return (
    <AskForm submit={submit} close={close}>
      <label className={FIELD}>
        <span>Reason (optional): the agent reads it and may propose again</span>
        <textarea ref={field} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <FormActs close={close} disabled={pending} look="danger">
        Reject
      </FormActs>
    </AskForm>
  );
}

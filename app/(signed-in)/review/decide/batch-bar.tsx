"use client";

import { useState } from "react";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { DecisionBar } from "./bar-parts";
import { TalkForm } from "./talk-form";

interface BatchBarProps {
  /** The selected items that are still open. */
  chosen: readonly Review[];
  mayDecide: boolean;
  approve: (ids: readonly string[]) => void;
  reject: (ids: readonly string[], reason: string) => void;
  clear: () => void;
}

/** Bar to decide all selected items at once. Each item shows its own outcome. */
export function BatchBar({ chosen, mayDecide, approve, reject, clear }: BatchBarProps) {
  const [isRejecting, setRejecting] = useState(false);
  if (chosen.length === 0) return null;
  const ids = chosen.filter((review) => review.kind !== "question").map((review) => review.id);
  const questions = chosen.length - ids.length;
  const disabled = !mayDecide || ids.length === 0;
  const why = mayDecide
    ? `Not included: ${questions === 1 ? "1 question. Answer it" : `${questions} questions. Answer each`} separately.`
    : "Deciding needs the role reviewer: ask an admin.";
  return (
    <DecisionBar name="batch">
      {isRejecting ? (
        <TalkForm
          id="reject.selected"
          label={`Reason (optional): the task of each of the ${ids.length} reads it`}
          button={`Reject ${ids.length}`}
          isOptional
          close={() => setRejecting(false)}
          send={async (reason) => {
            reject(ids, reason);
            return { ok: true, sentence: "" };
          }}
        />
      ) : null}
      <Button disabled={disabled} hint="⇧A" data-key="A" onClick={() => approve(ids)}>
        Approve {ids.length} selected
      </Button>
      <Button look="quiet" disabled={disabled} aria-expanded={isRejecting} onClick={() => setRejecting(!isRejecting)}>
        Reject {ids.length}…
      </Button>
      <Button look="quiet" onClick={clear}>
        Clear
      </Button>
      {!mayDecide || questions > 0 ? <p className="text-ink-3 text-small">{why}</p> : null}
    </DecisionBar>
  );
}

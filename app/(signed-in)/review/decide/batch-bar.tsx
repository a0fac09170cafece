"use client";

import { useState } from "react";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { DecisionBar } from "./bar-parts";
import { TalkForm } from "./talk-form";

interface BatchBarProps {
  /** Selected, and still open. */
  chosen: readonly Review[];
  mayDecide: boolean;
  approve: (ids: readonly string[]) => void;
  reject: (ids: readonly string[], reason: string) => void;
  clear: () => void;
}

/** One decision on several items; what came of it stands at each of them. */
export function BatchBar({ chosen, mayDecide, approve, reject, clear }: BatchBarProps) {
  const [isRejecting, setRejecting] = useState(false);
  if (chosen.length === 0) return null;
  const ids = chosen.filter((review) => review.kind !== "question").map((review) => review.id);
  const questions = chosen.length - ids.length;
  const disabled = !mayDecide || ids.length === 0;
  const why = mayDecide
    ? `${questions === 1 ? "1 question is" : `${questions} questions are`} left: they are answered one by one.`
    : "Deciding needs the role reviewer: ask an admin.";
  return (
    <DecisionBar name="batch">
      {isRejecting ? (
        <TalkForm
          id="reject.selected"
          label={`Why not: the task of each of the ${ids.length} reads this`}
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

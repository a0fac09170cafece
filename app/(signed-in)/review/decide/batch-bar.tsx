"use client";

import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { DecisionBar } from "./bar-parts";
import type { Several } from "./several-dialog";

interface BatchBarProps {
  /** The selected items that are still open. */
  chosen: readonly Review[];
  mayDecide: boolean;
  ask: (several: Several) => void;
  clear: () => void;
}

/** Returns true for items whose row shows all of them. A diff or a question must be read on its own. */
const isShown = ({ kind }: Review) => kind === "approval" || kind === "flag";

/** Bar to decide all selected items at once, after a dialog has listed them. Each item shows its own outcome. */
export function BatchBar({ chosen, mayDecide, ask, clear }: BatchBarProps) {
  if (chosen.length === 0) return null;
  const approvable = chosen.filter(isShown);
  const rejectable = chosen.filter(({ kind }) => kind !== "question");
  const left = chosen.length - approvable.length;
  const why = mayDecide
    ? `Not approved together: ${left === 1 ? "1 question, proposal or change. Open it" : `${left} questions, proposals or changes. Open each`} to decide it.`
    : "Deciding needs the role reviewer: ask an admin.";
  return (
    <DecisionBar name="batch">
      <Button
        disabled={!mayDecide || approvable.length === 0}
        hint="⇧A"
        data-key="A"
        aria-haspopup="dialog"
        onClick={() => ask({ verb: "approve", items: approvable })}
      >
        Approve {approvable.length} selected…
      </Button>
      <Button
        look="quiet"
        disabled={!mayDecide || rejectable.length === 0}
        aria-haspopup="dialog"
        onClick={() => ask({ verb: "reject", items: rejectable })}
      >
        Reject {rejectable.length}…
      </Button>
      <Button look="quiet" onClick={clear}>
        Clear
      </Button>
      {!mayDecide || left > 0 ? <p className="text-ink-3 text-small">{why}</p> : null}
    </DecisionBar>
  );
}

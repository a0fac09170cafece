"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Badge, Button } from "@/components/ui/parts";
import { isEnded } from "@/core/log/terms";
import type { ComparedTree } from "@/core/shapes/comparison";

type Side = Pick<ComparedTree, "tree_id" | "status" | "not_kept">;

interface KeepOneProps {
  /** The letters of the two sides. */
  name: string;
  other: string;
  tree: Side;
  left: Side;
}

/** Keeps this one of two trees, and undoes it. A tree that still works has no result to keep. */
export function KeepOne({ name, other, tree, left }: KeepOneProps) {
  const [isAsking, setAsking] = useState(false);
  const { pending, outcome, run } = useAction();
  const isKept = left.not_kept?.instead === tree.tree_id;
  const isLeft = tree.not_kept?.instead === left.tree_id;
  const both = { id: tree.tree_id, instead_of: left.tree_id };
  function keep(stopsOther: boolean): void {
    run(
      () => operate("keepTree", { ...both, stops_other: stopsOther }),
      (done) => {
        if (done.ok) refreshPage();
        // It went on after this page was read.
        else if (done.refusal?.code === "other_runs") setAsking(true);
      },
    );
  }
  const undo = () =>
    run(
      () => operate("unkeepTree", both),
      (done) => done.ok && refreshPage(),
    );
  if (!isEnded(tree.status)) return null;
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-2">
      {isKept ? (
        <Badge look="good" icon="pin">
          Kept
        </Badge>
      ) : null}
      {isLeft ? <Badge>Not kept</Badge> : null}
      {/* One button for both, so that it keeps the focus when its meaning changes. */}
      <Button
        // A disabled button would lose the focus.
        aria-disabled={pending}
        aria-label={isKept ? `Undo: keep ${name}` : `Keep this one: ${name}`}
        onClick={() => {
          if (pending) return;
          if (isKept) undo();
          else if (isEnded(left.status)) keep(false);
          else setAsking(true);
        }}
      >
        {isKept ? "Undo" : "Keep this one"}
      </Button>
      <OutcomeLine outcome={outcome} />
      {isAsking ? (
        <Modal title={`Keep ${name} and stop ${other}?`} onClosed={() => setAsking(false)}>
          {(dismiss) => (
            <>
              <p className="mt-2 text-ink-2">
                {other} still works. It is stopped, and stays stopped if you undo this. Its finished work stays.
              </p>
              <div className="mt-3 flex flex-wrap justify-end gap-2">
                <Button onClick={dismiss}>Cancel</Button>
                <Button
                  look="danger"
                  onClick={() => {
                    dismiss();
                    keep(true);
                  }}
                >
                  Keep {name} and stop {other}
                </Button>
              </div>
            </>
          )}
        </Modal>
      ) : null}
    </div>
  );
}

"use client";

import type { ReactNode } from "react";
import { type Outcome, useAction } from "./hooks/use-action";
import { Modal } from "./modal";
import { OutcomeLine } from "./outcome-line";
import { Button } from "./parts";

interface RemovalDialogProps {
  title: string;
  /** What is removed, what stays, and who is affected. */
  children: ReactNode;
  /** Label of the button that removes. */
  button: string;
  remove: () => Promise<Outcome>;
  onClosed: () => void;
  /** Called after the removal; `dismiss` closes the dialog. */
  onDone: (outcome: Outcome, dismiss: () => void) => void;
}

/** Dialog that names the consequences before a removal. It stays open with the reason if the removal is refused. */
export function RemovalDialog({ title, children, button, remove, onClosed, onDone }: RemovalDialogProps) {
  const { pending, outcome, run } = useAction();
  return (
    <Modal title={title} onClosed={onClosed}>
      {(dismiss) => (
        <>
          {children}
          <OutcomeLine outcome={outcome?.ok ? null : outcome} />
          <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
            <Button onClick={dismiss}>Cancel</Button>
            <Button
              look="danger"
              disabled={pending}
              onClick={() => run(remove, (result) => result.ok && onDone(result, dismiss))}
            >
              {button}
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

"use client";

import type { ReactNode } from "react";
import { type Outcome, useAction } from "./hooks/use-action";
import { Modal } from "./modal";
import { OutcomeLine } from "./outcome-line";
import { Button } from "./parts";

interface RemovalDialogProps {
  title: string;
  /** What goes, what stays, and who notices. */
  children: ReactNode;
  /** On the button that does it. */
  button: string;
  remove: () => Promise<Outcome>;
  onClosed: () => void;
  /** It is gone; `dismiss` closes the dialog. */
  onDone: (outcome: Outcome, dismiss: () => void) => void;
}

/** Says what follows before something is gone, and stays open with the reason when it cannot go. */
export function RemovalDialog({ title, children, button, remove, onClosed, onDone }: RemovalDialogProps) {
  const { pending, outcome, run } = useAction();
  return (
    <Modal title={title} onClosed={onClosed}>
      {(dismiss) => (
        <>
          {children}
          <OutcomeLine outcome={outcome?.ok ? null : outcome} />
          <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
            <Button onClick={dismiss}>Keep it</Button>
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

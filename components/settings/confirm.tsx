"use client";

import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";

interface ConfirmProps {
  title: string;
  /** The consequences. */
  text: string;
  /** Label of the button that confirms. */
  word: string;
  act: () => Promise<Outcome>;
  /** Called when the action succeeds. If it is refused, the dialog stays open with the reason. */
  onDone: (outcome: Outcome) => void;
  onClosed: () => void;
}

/** Dialog that asks before an action that cannot be undone. */
export function Confirm({ title, text, word, act, onDone, onClosed }: ConfirmProps) {
  const { pending, outcome, run } = useAction();
  return (
    <Modal title={title} onClosed={onClosed}>
      {(dismiss) => (
        <>
          <p className="text-ink-2 mt-1">{text}</p>
          <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
          <div className="flex flex-wrap items-center gap-2 mt-4">
            <Button look="danger" disabled={pending} onClick={() => run(act, (result) => result.ok && onDone(result))}>
              {word}
            </Button>
            <Button look="quiet" onClick={dismiss}>
              Cancel
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

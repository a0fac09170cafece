"use client";

import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";

interface ConfirmProps {
  title: string;
  /** What follows from it. */
  text: string;
  /** On the button that does it. */
  word: string;
  act: () => Promise<Outcome>;
  /** It was done; what is refused is said in the dialog, which stays. */
  onDone: (outcome: Outcome) => void;
  onClosed: () => void;
}

/** Asks before something ends that cannot be brought back as it was. */
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
              Keep it as it is
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

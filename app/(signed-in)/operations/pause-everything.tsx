"use client";

import { useId, useState } from "react";
import { operate } from "@/app/operate";
import { FIELD } from "@/components/ui/field-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";

/** The kill switch. It asks for confirmation, because it stops everybody's work. */
export function PauseEverything({ running }: { running: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="danger" icon="power" onClick={() => setOpen(true)}>
        Pause everything
      </Button>
      {isOpen ? <PauseDialog running={running} onClosed={() => setOpen(false)} /> : null}
    </>
  );
}

function PauseDialog({ running, onClosed }: { running: number; onClosed: () => void }) {
  const [reason, setReason] = useState("");
  const field = useId();
  const { pending, outcome, run } = useAction();
  return (
    <Modal title="Pause everything?" onClosed={onClosed}>
      {(dismiss) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            run(
              () => operate("pauseEverything", { reason }),
              ({ ok }) => ok && dismiss(),
            );
          }}
        >
          <p className="mt-2">
            {running === 0
              ? "No task is running. "
              : `${plural(running, "task")} ${running === 1 ? "stops" : "stop"} within 5 s and ${running === 1 ? "continues" : "continue"} from the log later. Committed work is kept; calls in progress count as interrupted. `}
            Background commands and tool servers end. No task starts, for anybody, until someone resumes everything.
          </p>
          <label className={`${FIELD} mt-3`} htmlFor={field}>
            <span>Why (optional; everybody sees it, and the audit log keeps it)</span>
            <input
              id={field}
              type="text"
              value={reason}
              maxLength={500}
              onChange={(event) => setReason(event.target.value)}
            />
          </label>
          <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
          <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
            <Button onClick={dismiss}>Cancel</Button>
            <Button type="submit" look="danger" icon="power" aria-disabled={pending}>
              Pause everything
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}

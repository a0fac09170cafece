"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Button, Say } from "@/components/ui/parts";

interface WriteIntoFolderProps {
  /** The letters of the two sides. */
  name: string;
  other: string;
  /** The ids of the two trees. */
  kept: string;
  left: string;
  folder: string;
}

/** Writes the files of one side into the person's folder, after a question. */
export function WriteIntoFolder({ name, other, kept, left, folder }: WriteIntoFolderProps) {
  const [isOpen, setOpen] = useState(false);
  const { pending, outcome, run } = useAction();
  return (
    <>
      <Button icon="doc" onClick={() => setOpen(true)}>
        Write {name} into the folder…
      </Button>
      {isOpen ? (
        <Modal title={`Write ${name} into the folder`} onClosed={() => setOpen(false)} wide>
          {(dismiss) => (
            <div className="stack mt-2">
              <p className="text-ink-2">
                Writes the files of {name} into <span className="font-mono text-mono">{folder}</span>, where the two
                trees differ. Your own later changes stay; where they are in the same lines, nothing is written. {other}{" "}
                stays to look at. To undo it, write {other}.
              </p>
              {outcome ? (
                <Say look={outcome.ok ? "good" : "bad"} role={outcome.ok ? "status" : "alert"}>
                  {outcome.sentence}
                </Say>
              ) : null}
              <div className="flex flex-wrap items-center justify-end gap-2">
                <Button onClick={dismiss}>{outcome?.ok ? "Close" : "Cancel"}</Button>
                {outcome?.ok ? null : (
                  <Button
                    look="primary"
                    disabled={pending}
                    onClick={() => run(() => operate("keepFiles", { id: kept, instead_of: left }))}
                  >
                    {pending ? "Writing the files" : `Write the files of ${name}`}
                  </Button>
                )}
              </div>
            </div>
          )}
        </Modal>
      ) : null}
    </>
  );
}

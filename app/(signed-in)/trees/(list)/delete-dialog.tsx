"use client";

import { isEnded, type Tree } from "@/agents/core/shapes";
import { plural } from "@/components/ui/format";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import { deleteTree } from "./delete-tree";

interface DeleteDialogProps {
  tree: Tree;
  onClosed: () => void;
  /** It is gone from the list, so what followed is said there. */
  onDeleted: (sentence: string) => void;
}

/** Says what goes, and what stays, before it goes. */
export function DeleteDialog({ tree, onClosed, onDeleted }: DeleteDialogProps) {
  const { pending, outcome, run } = useAction();
  return (
    <Modal title="Delete this tree?" onClosed={onClosed}>
      {(dismiss) => (
        <>
          <p className="mt-2 wrapany">
            <b>{tree.title}</b>
          </p>
          <p className="dim mt-2">
            {tree.totals.tasks === 1 ? "Its task" : `Its ${plural(tree.totals.tasks, "task")}`}, every message, open
            questions and approvals, and the files of a folder that was made for it are gone for good. A folder that you
            named stays as it is; trees that were forked from this one stay, too.
          </p>
          {isEnded(tree.status) ? null : (
            <p className="dim mt-2">
              It has not ended. While a task of it is at work it cannot be deleted: stop it first.
            </p>
          )}
          <OutcomeLine outcome={outcome?.ok ? null : outcome} />
          <div className="acts mt-4 justify-end">
            <Button onClick={dismiss}>Keep it</Button>
            <Button
              look="danger"
              disabled={pending}
              onClick={() =>
                run(
                  () => deleteTree(tree.id),
                  (result) => {
                    if (!result.ok) return;
                    dismiss();
                    onDeleted(`“${tree.title}” is deleted with everything that belonged to it.`);
                  },
                )
              }
            >
              Delete it for good
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

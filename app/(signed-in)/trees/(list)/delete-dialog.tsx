"use client";

import { RemovalDialog } from "@/components/ui/removal-dialog";
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { deleteTree } from "./delete-tree";

interface DeleteDialogProps {
  tree: Tree;
  onClosed: () => void;
  /** It is gone from the list, so what followed is said there. */
  onDeleted: (sentence: string) => void;
}

/** Says what goes, and what stays, before it goes. */
export function DeleteDialog({ tree, onClosed, onDeleted }: DeleteDialogProps) {
  return (
    <RemovalDialog
      title="Delete this tree?"
      button="Delete it for good"
      remove={() => deleteTree(tree.id)}
      onClosed={onClosed}
      onDone={(_, dismiss) => {
        dismiss();
        onDeleted(`“${tree.title}” is deleted with everything that belonged to it.`);
      }}
    >
      <p className="mt-2 wrap-anywhere">
        <b>{tree.title}</b>
      </p>
      <p className="mt-2 text-ink-2">
        {tree.totals.tasks === 1 ? "Its task" : `Its ${plural(tree.totals.tasks, "task")}`}, every message, open
        questions and approvals, and the files of a folder that was made for it are gone for good. A folder that you
        named stays as it is; trees that were forked from this one stay, too.
      </p>
      {isEnded(tree.status) ? null : (
        <p className="mt-2 text-ink-2">
          It has not ended. While a task of it is at work it cannot be deleted: stop it first.
        </p>
      )}
    </RemovalDialog>
  );
}

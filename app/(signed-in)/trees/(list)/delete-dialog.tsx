"use client";

import { useState } from "react";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { deleteAsShown } from "./delete-as-shown";

interface DeleteDialogProps {
  tree: Tree;
  onClosed: () => void;
  /** Gets the sentence for the list to show, since the tree's row is gone. */
  onDeleted: (sentence: string) => void;
}

/** Asks before a tree is deleted, and says what is deleted and what is kept. */
export function DeleteDialog({ tree, onClosed, onDeleted }: DeleteDialogProps) {
  const [shown] = useState(tree);
  return (
    <RemovalDialog
      title="Delete this tree?"
      button="Delete tree"
      remove={() => deleteAsShown(shown)}
      onClosed={onClosed}
      onDone={(_, dismiss) => {
        dismiss();
        onDeleted(`Deleted “${tree.title}” and everything in it.`);
      }}
    >
      <p className="mt-2 wrap-anywhere">
        <b>{tree.title}</b>
      </p>
      <p className="mt-2 text-ink-2">
        This deletes its {plural(tree.totals.tasks, "task")} with every message, open question and approval, and the
        files of a folder that Banyan made for it. It cannot be undone. A folder that you chose is kept, and so are
        trees forked from this one.
      </p>
      {isEnded(tree.status) ? null : (
        <p className="mt-2 text-ink-2">
          This tree has not ended. Stop it first: a tree with a running task cannot be deleted.
        </p>
      )}
    </RemovalDialog>
  );
}

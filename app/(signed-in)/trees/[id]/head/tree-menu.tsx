"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { deleteTree } from "@/app/actions/tree-commands";
import type { OutlineView } from "@/components/feed/outline";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menus/menu";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import type { SetOutline } from "../view/use-tree-address";

const CompareDialog = lazily(() => import("./compare-dialog").then((file) => file.CompareDialog));

interface TreeMenuProps {
  tree: Tree;
  setOutline: SetOutline;
  canRun: boolean;
}

/** Menu of the less common actions on the tree and its view. */
export function TreeMenu({ tree, setOutline, canRun }: TreeMenuProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isComparing, setComparing] = useState(false);
  const fold = (every: OutlineView["every"]) => setOutline((now) => ({ ...now, every, toggled: new Map() }));
  return (
    <>
      <Menu
        button={{
          className: buttonLook("plain", "w-control px-0! flex-none phone:order-1"),
          children: (
            <>
              <Icon name="more" />
              <span className="sr-only">More actions</span>
            </>
          ),
        }}
        items={[
          {
            word: "Copy link to this view",
            act: () => void navigator.clipboard.writeText(window.location.href).catch(() => {}),
          },
          { word: "Compare with…", act: () => setComparing(true) },
          { word: "Unfold all", act: () => fold("open") },
          { word: "Fold all", act: () => fold("folded") },
          ...(canRun ? [{ word: "Delete tree…", act: () => dialog.current?.showModal() }] : []),
        ]}
      />
      <DeleteDialog ref={dialog} tree={tree} />
      <button
        type="button"
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        data-command="Compare this tree with…"
        onClick={() => setComparing(true)}
      >
        Compare with…
      </button>
      {isComparing ? <CompareDialog treeId={tree.id} onClosed={() => setComparing(false)} /> : null}
    </>
  );
}

function DeleteDialog({ ref, tree }: { ref: React.RefObject<HTMLDialogElement | null>; tree: Tree }) {
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const remove = async () => {
    const done = await deleteTree(tree.id);
    if (done.ok) router.push("/trees");
    return done;
  };
  return (
    <dialog ref={ref} aria-label="Delete this tree">
      <h2>Delete this tree?</h2>
      <p className="mt-2 text-ink-2">
        {isEnded(tree.status)
          ? "This deletes its tasks, logs and files. It cannot be undone."
          : "This tree has not ended. Stop it first; then you can delete its tasks, logs and files."}
      </p>
      <OutcomeLine outcome={outcome} />
      <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
        <Button onClick={() => ref.current?.close()}>Cancel</Button>
        <Button look="danger" disabled={pending || !isEnded(tree.status)} onClick={() => run(remove)}>
          Delete tree
        </Button>
      </div>
    </dialog>
  );
}

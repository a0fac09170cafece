"use client";

import { useRouter } from "next/navigation";
import { DropdownMenu } from "radix-ui";
import { useRef } from "react";
import { isEnded, type Tree } from "@/agents/core/shapes";
import { deleteTree } from "@/app/actions/tree-commands";
import type { OutlineView } from "@/components/trees/outline";
import { Icon } from "@/components/ui/icon";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import type { SetOutline } from "./use-tree-address";

interface TreeMenuProps {
  tree: Tree;
  setOutline: SetOutline;
  canRun: boolean;
}

/** What is done to a tree, or to the sight of it, once in a while. */
export function TreeMenu({ tree, setOutline, canRun }: TreeMenuProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const fold = (every: OutlineView["every"]) => setOutline((now) => ({ ...now, every, toggled: new Map() }));
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <button type="button" className="btn icon">
            <Icon name="more" />
            <span className="sr">More actions</span>
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menulist" align="end" sideOffset={4}>
            <Item act={() => void navigator.clipboard.writeText(window.location.href).catch(() => {})}>
              Copy a link to this view
            </Item>
            <Item act={() => fold("open")}>Unfold all</Item>
            <Item act={() => fold("folded")}>Fold all</Item>
            {canRun ? <Item act={() => dialog.current?.showModal()}>Delete this tree…</Item> : null}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <DeleteDialog ref={dialog} tree={tree} />
    </>
  );
}

function Item({ act, children }: { act: () => void; children: string }) {
  return (
    <DropdownMenu.Item className="menuitem" onSelect={act}>
      {children}
    </DropdownMenu.Item>
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
      <p className="dim mt-2">
        {isEnded(tree.status)
          ? "Its tasks, logs and files are gone for good."
          : "It still goes on: stop it first. Then its tasks, logs and files can be deleted for good."}
      </p>
      <OutcomeLine outcome={outcome} />
      <div className="acts mt-4 justify-end">
        <Button onClick={() => ref.current?.close()}>Keep it</Button>
        <Button look="danger" disabled={pending || !isEnded(tree.status)} onClick={() => run(remove)}>
          Delete for good
        </Button>
      </div>
    </dialog>
  );
}

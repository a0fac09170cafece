"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import type { OutlineView } from "@/components/feed/outline";
import { useGo } from "@/components/going/use-go";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menus/menu";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { useRights } from "@/components/ui/rights";
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import type { SetOutline } from "../view/use-tree-address";

const CompareDialog = lazily(() => import("./compare-dialog").then((file) => file.CompareDialog));
const DeleteDialog = lazily(() => import("../../(list)/delete-dialog").then((file) => file.DeleteDialog));
const VerdictDialog = lazily(() => import("./verdict-dialog").then((file) => file.VerdictDialog));

interface TreeMenuProps {
  tree: Tree;
  setOutline: SetOutline;
  /** Whether the person may pin and delete it. */
  canKeep: boolean;
}

/** Menu of the less common actions on the tree and its view. */
export function TreeMenu({ tree, setOutline, canKeep }: TreeMenuProps) {
  const go = useGo();
  const [isComparing, setComparing] = useState(false);
  const [isJudging, setJudging] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const mayJudge = useRights().answer === null && isEnded(tree.status);
  const { outcome, run } = useAction();
  const isPinned = tree.pinned !== undefined;
  const fold = (every: OutlineView["every"]) => setOutline((now) => ({ ...now, every, toggled: new Map() }));
  return (
    <>
      <Menu
        button={{
          className: buttonLook("quiet", "w-control px-0! flex-none narrow:order-1"),
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
          ...(isEnded(tree.status) ? [{ word: "Share the proof", act: () => go.push(`/trees/${tree.id}/proof`) }] : []),
          ...(mayJudge ? [{ word: "Is the result right?", act: () => setJudging(true) }] : []),
          ...(canKeep
            ? [
                {
                  word: isPinned ? "Unpin tree" : "Pin tree",
                  act: () => run(() => operate(isPinned ? "unpinTree" : "pinTree", { id: tree.id })),
                },
              ]
            : []),
          { word: "Unfold all", act: () => fold("open") },
          { word: "Fold all", act: () => fold("folded") },
          ...(canKeep ? [{ word: "Delete tree…", act: () => setDeleting(true) }] : []),
        ]}
      />
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
      {/* The header shows a pin, so only a refusal is visible. */}
      <OutcomeLine outcome={outcome} isQuiet />
      {isComparing ? <CompareDialog treeId={tree.id} onClosed={() => setComparing(false)} /> : null}
      {isJudging ? <VerdictDialog tree={tree.id} onClosed={() => setJudging(false)} /> : null}
      {isDeleting ? (
        <DeleteDialog tree={tree} onClosed={() => setDeleting(false)} onDeleted={() => go.after.push("/trees")} />
      ) : null}
    </>
  );
}

"use client";

import type { MouseEvent } from "react";
import { TreeRow } from "@/components/trees/tree-rows";
import { Button } from "@/components/ui/parts";
import type { Tree } from "@/core/shapes/shapes";
import { type ChosenTree, toggleChosen } from "./chosen-trees";

interface ListedTreeProps {
  tree: Tree;
  /** The trees chosen to compare; null: the row opens its tree. */
  chosen: readonly ChosenTree[] | null;
  /** null: without a button to delete it. */
  remove: (() => void) | null;
}

/** A tree's row. While a person chooses trees, a click anywhere on the row chooses it. */
export function ListedTree({ tree, chosen, remove }: ListedTreeProps) {
  const choose = (event: MouseEvent) => {
    if (!chosen || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    event.stopPropagation();
    toggleChosen(tree);
  };
  return (
    <li
      className={`group relative ${chosen ? "grid grid-cols-[24px_minmax(0,1fr)] items-center gap-2" : "[@media(hover:none)]:[&>a]:pr-9"}`}
      onClickCapture={choose}
    >
      {chosen ? (
        <label className="grid size-6 cursor-pointer place-items-center">
          <span className="sr-only">Compare {tree.title}</span>
          <input
            type="checkbox"
            checked={chosen.some((one) => one.id === tree.id)}
            onChange={() => toggleChosen(tree)}
          />
        </label>
      ) : null}
      <TreeRow tree={tree} by />
      {remove ? (
        <Button
          look="quiet"
          className="absolute top-3 -right-1 w-control bg-hover! px-0! opacity-0 group-hover:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:bg-transparent [@media(hover:none)]:opacity-100"
          icon="x"
          onClick={remove}
        >
          <span className="sr-only">Delete {tree.title}</span>
        </Button>
      ) : null}
    </li>
  );
}

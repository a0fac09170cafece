"use client";

import type { Comparison } from "@/core/shapes/shapes";
import { ApplyButton } from "../../files/apply-button";

/** Keeps what one of two trees changed, as a branch. The other tree stays as it is. */
export function KeepButtons({ trees: [a, b] }: Pick<Comparison, "trees">) {
  const note = (kept: string, other: string) =>
    `${kept} is kept as a branch in your repository. ${other} stays as a fork to look at, and you can keep it later too.`;
  return (
    <>
      <ApplyButton treeId={a.tree_id} title="Keep A as a branch" note={note("A", "B")}>
        Keep A
      </ApplyButton>
      <ApplyButton treeId={b.tree_id} title="Keep B as a branch" note={note("B", "A")}>
        Keep B
      </ApplyButton>
    </>
  );
}

"use client";

import type { ApplyPlan } from "@/core/shapes/files";
import type { Comparison } from "@/core/shapes/shapes";
import { ApplyButton } from "../../files/apply-button";
import { KeepInFolder } from "./keep-in-folder";

interface KeepButtonsProps extends Pick<Comparison, "trees"> {
  /** Where the trees began; both began in the same folder if one is a fork of the other. */
  plan: ApplyPlan | null;
}

/** Keeps what one of two trees changed: as a branch of the repository, or in the folder that both began in. */
export function KeepButtons({ trees: [a, b], plan }: KeepButtonsProps) {
  const folder = plan?.folder ?? null;
  const sides = [
    { name: "A", other: "B", kept: a.tree_id, left: b.tree_id },
    { name: "B", other: "A", kept: b.tree_id, left: a.tree_id },
  ];
  return sides.map(({ name, other, kept, left }) =>
    folder === null ? (
      <ApplyButton
        key={name}
        treeId={kept}
        title={`Keep ${name} as a branch`}
        note={`What ${name} changed becomes a branch in your repository. ${other} stays to look at, and you can keep it later too.`}
      >
        {`Keep ${name}`}
      </ApplyButton>
    ) : (
      <KeepInFolder key={name} name={name} other={other} kept={kept} left={left} folder={folder} />
    ),
  );
}

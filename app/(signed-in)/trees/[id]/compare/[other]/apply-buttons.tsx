"use client";

import type { Comparison } from "@/core/shapes/comparison";
import type { ApplyPlan } from "@/core/shapes/files";
import { ApplyButton } from "../../files/apply-button";
import { WriteIntoFolder } from "./write-into-folder";

interface ApplyButtonsProps extends Pick<Comparison, "trees"> {
  /** Where the trees began; both began in the same folder if one is a fork of the other. */
  plan: ApplyPlan | null;
}

/** Applies what one of two trees changed: as a branch of the repository, or in the folder that both began in. */
export function ApplyButtons({ trees: [a, b], plan }: ApplyButtonsProps) {
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
        title={`Apply ${name} as a branch`}
        note={`What ${name} changed becomes a branch in your repository. ${other} stays to look at, and you can apply it later too.`}
      >
        {`Apply ${name} as branch…`}
      </ApplyButton>
    ) : (
      <WriteIntoFolder key={name} name={name} other={other} kept={kept} left={left} folder={folder} />
    ),
  );
}

import Link from "next/link";
import { Hint } from "@/components/ui/hint";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import type { TreeMention } from "@/core/shapes/folders";

/** Links to the newest tree of a chosen folder. */
export function LastHere({ tree }: { tree: TreeMention | null | undefined }) {
  if (!tree) return null;
  return (
    <Hint className="flex min-w-0 items-center gap-1.5">
      <span className="flex-none">Last here:</span>
      <StatusGlyph status={shownStatusOfTree(tree)} />
      <Link className="link min-w-0 truncate" href={`/trees/${tree.id}`} prefetch={false} title={tree.title}>
        {tree.title}
      </Link>
    </Hint>
  );
}

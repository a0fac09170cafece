import { Badge } from "@/components/ui/parts";
import type { Tree } from "@/core/shapes/shapes";

/** Says what a tree is besides somebody's work: a system tree, pinned, not kept, or read from an archive. */
export function TreeBadges({
  tree: { is_system, pinned, not_kept: left, from_archive: isFromArchive },
}: {
  tree: Tree;
}) {
  return (
    <>
      {is_system ? (
        <span
          className="flex phone:order-3"
          title="Banyan made this tree for itself: no list shows it, and its cost is no person's."
        >
          <Badge>System tree</Badge>
        </span>
      ) : null}
      {isFromArchive ? (
        <span className="flex phone:order-3">
          <Badge>From an archive</Badge>
        </span>
      ) : null}
      {left ? (
        <span className="flex phone:order-3" title={`${left.by} kept another tree instead.`}>
          <Badge>Not kept</Badge>
        </span>
      ) : null}
      {pinned ? (
        <span className="flex phone:order-3" title={`Pinned by ${pinned.by}: retention keeps this tree.`}>
          <Badge icon="pin">Pinned</Badge>
        </span>
      ) : null}
    </>
  );
}

import Link from "next/link";
import { Elapsed } from "@/components/ui/time";
import type { Review, Tree } from "@/core/shapes/shapes";

interface AlikeListProps {
  items: readonly Review[];
  trees: ReadonlyMap<string, Tree>;
  /** Ids of the items that are decided together. */
  chosen: ReadonlySet<string>;
  /** Null when nothing can be decided here. */
  choose: ((id: string, isChosen: boolean) => void) | null;
}

/** The alike items that one decision settles, each of which can be left out of it. */
export function AlikeList({ items, trees, chosen, choose }: AlikeListProps) {
  return (
    <ul className="rounded-control border border-line" aria-label="What is decided">
      {items.map((item) => {
        const tree = trees.get(item.tree_id);
        const title = tree?.title ?? "Another tree";
        return (
          <li
            className="flex min-w-0 items-start gap-3 border-line border-b px-4 py-2 last:border-b-0"
            key={item.id}
            data-alike={item.id}
          >
            <input
              type="checkbox"
              className="mt-[3px] phone:size-4.5"
              aria-label={`Decide it for ${title}`}
              checked={chosen.has(item.id)}
              disabled={!choose}
              onChange={(event) => choose?.(item.id, event.target.checked)}
            />
            <div className="min-w-0 flex-auto">
              <p className="wrap-anywhere">
                <Link
                  className="link font-medium"
                  href={`/trees/${item.tree_id}?task=${item.task_id}`}
                  prefetch={false}
                >
                  {title}
                </Link>
              </p>
              <p className="text-ink-2 text-small">
                asked <Elapsed since={item.created_at} until={null} /> ago
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

import Link from "next/link";
import { TreeRow } from "@/components/trees/tree-rows";
import { SectionHead } from "@/components/ui/page/section";
import type { TreePlace } from "@/core/shapes/files";
import type { Tree } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";

interface HomeSectionProps {
  title: string;
  trees: Tree[];
  /** Where they work, by their ids. */
  places: ReadonlyMap<string, TreePlace>;
  /** The number of trees, shown or not; null: the page has not heard of all of them. */
  total: number | null;
  /** Open trees that are not here, because they do nothing until a person decides. */
  asking?: number;
  /** Leads to the trees that are not shown. */
  more: { word: string; href: string };
}

export function HomeSection({ title, trees, places, total, asking = 0, more }: HomeSectionProps) {
  if (trees.length === 0) return null;
  const isCut = total === null || total > trees.length;
  const id = title.replace(/\W+/g, "-").toLowerCase();
  return (
    <section className="mt-6 first:mt-0" aria-labelledby={id}>
      <SectionHead>
        <h2 id={id}>{title}</h2>
        <span className="text-ink-3" title={total === null ? undefined : plural(total, "tree")}>
          {countWord(trees.length, total)}
          {asking > 0 ? `; ${asking} more ${asking === 1 ? "waits" : "wait"} only for you` : ""}
        </span>
        {isCut ? (
          <Link className="link ml-auto text-small" href={more.href} prefetch={false}>
            {more.word}
          </Link>
        ) : null}
      </SectionHead>
      <ul className="*:border-b *:border-line">
        {trees.map((tree) => (
          <li key={tree.id}>
            <TreeRow tree={tree} place={places.get(tree.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function countWord(shown: number, total: number | null): string {
  if (total === null) return shown > 0 ? "newest first" : "";
  return total > shown ? `${shown} of ${total}` : String(total);
}

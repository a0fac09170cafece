import Link from "next/link";
import type { Tree } from "@/agents/core/shapes";
import { TreeRow } from "@/components/trees/tree-rows";
import { plural } from "@/components/ui/format";

interface HomeSectionProps {
  title: string;
  trees: Tree[];
  /** In which order they stand, where it is not the number of them that matters. */
  note?: string;
  empty?: string;
  more?: { word: string; href: string };
}

export function HomeSection({ title, trees, note, empty, more }: HomeSectionProps) {
  if (trees.length === 0 && !empty) return null;
  const id = title.replace(/\W+/g, "-").toLowerCase();
  return (
    <section className="sect" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <span className="faint" title={plural(trees.length, "tree")}>
          {note ?? trees.length}
        </span>
        {more ? (
          <Link className="link small more" href={more.href}>
            {more.word}
          </Link>
        ) : null}
      </header>
      {trees.length > 0 ? (
        <ul className="rows">
          {trees.map((tree) => (
            <li key={tree.id}>
              <TreeRow tree={tree} />
            </li>
          ))}
        </ul>
      ) : (
        <p className="dim py-2">{empty}</p>
      )}
    </section>
  );
}

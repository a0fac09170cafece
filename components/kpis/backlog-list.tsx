import Link from "next/link";
import type { BacklogItem } from "@/core/shapes/kpis";

/** What should be improved next, each with a link to the page on which a person acts. */
export function BacklogList({ items }: { items: readonly BacklogItem[] }) {
  if (items.length === 0) return <p className="py-2 text-ink-2">Nothing stands out.</p>;
  return (
    <ol>
      {items.map(({ id, title, why, project, page }) => (
        <li key={id} className="border-line border-b py-2 wrap-anywhere last:border-b-0" data-backlog={id}>
          <Link className="font-medium hover:underline" href={page}>
            {title}
          </Link>
          <p className="text-ink-2">
            {project === null ? "" : `${project}: `}
            {why}
          </p>
        </li>
      ))}
    </ol>
  );
}

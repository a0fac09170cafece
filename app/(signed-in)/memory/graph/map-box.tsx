import Link from "next/link";
import type { ReactNode } from "react";

interface MapBoxProps {
  to: string;
  icon: ReactNode;
  name: string;
  /** The whole name, if the box cuts it. */
  title?: string;
  /** Its counts. */
  children: ReactNode;
  /** `selected`: the lesson in the middle. `of_selected`: it belongs to that lesson. `off`: no agent is shown it. */
  look?: "selected" | "of_selected" | "off" | null;
}

const LOOKS = {
  selected: "border-transparent bg-raised outline-2 outline-accent",
  of_selected: "border-accent bg-raised",
  off: "border-dashed border-line-strong bg-sunk text-ink-2",
};

/** One box of the graph: a link. Its height, with the room below it, is a row of `map-lines.ts`. */
export function MapBox({ to, icon, name, title = name, children, look = null }: MapBoxProps) {
  return (
    <li className="mb-2 last:mb-0">
      <Link
        className={`relative block h-11 rounded-control border py-1 pr-2 pl-7 text-small hover:bg-hover focus-visible:outline-2 focus-visible:outline-offset-2 ${look ? LOOKS[look] : "border-line-strong bg-raised"}`}
        href={to}
        title={title}
        aria-current={look === "selected" ? "true" : undefined}
        data-row
        data-box
        prefetch={false}
        scroll={false}
      >
        <span className="absolute top-1.5 left-2 text-ink-2 [&>svg]:size-3.5">{icon}</span>
        <span className="block truncate font-medium">{name}</span>
        <span className="block truncate text-ink-2">{children}</span>
        {look === "of_selected" ? <span className="sr-only">, of the selected lesson</span> : null}
      </Link>
    </li>
  );
}

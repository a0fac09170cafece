import { Icon } from "@/components/ui/icon";
import type { LiftFigure } from "@/core/lessons/lift";
import { intervalText, placesOf, SHOWS_WORDS } from "@/core/words/memory";

type Known = LiftFigure & { difference: NonNullable<LiftFigure["difference"]> };

/** A figure that has a difference. */
export function knownOf(figure: LiftFigure | undefined): Known | null {
  return figure?.difference ? { ...figure, difference: figure.difference } : null;
}

const COLOURS = { helps: "text-ok", harms: "text-fail", cannot_say: "text-ink-3", not_enough: "text-ink-3" } as const;

/** A difference as a dot and its interval as a bar, around a line that stands for no difference. Better is on the right. */
export function Interval({ figure: { figure, difference, shows } }: { figure: Known }) {
  const { value, from, to } = placesOf(figure, difference);
  const percent = (place: number) => `${(place * 100).toFixed(1)}%`;
  return (
    <div
      className={`relative h-5 min-w-36 ${COLOURS[shows]}`}
      role="img"
      aria-label={`95 % interval: ${intervalText(figure, difference)}`}
    >
      <i className="absolute inset-y-0 left-1/2 w-px bg-line-strong" />
      <i
        className="absolute top-1/2 h-0.5 -translate-y-1/2 bg-current before:absolute before:-top-1 before:left-0 before:h-2.5 before:w-0.5 before:bg-current after:absolute after:-top-1 after:right-0 after:h-2.5 after:w-0.5 after:bg-current"
        style={{ left: percent(from), width: percent(to - from) }}
      />
      <i
        className={`absolute top-1/2 size-2.5 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-current ${shows === "cannot_say" ? "bg-bg" : "bg-current"}`}
        style={{ left: percent(value) }}
      />
    </div>
  );
}

const ICONS = { helps: "succeeded", harms: "failed", cannot_say: "waiting", not_enough: "waiting" } as const;

export function WhatItShows({ shows }: Pick<LiftFigure, "shows">) {
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${COLOURS[shows]}`} data-shows={shows}>
      <Icon name={ICONS[shows]} className="size-3.5" />
      {SHOWS_WORDS[shows]}
    </span>
  );
}

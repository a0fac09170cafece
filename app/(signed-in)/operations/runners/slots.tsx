import { plural } from "@/core/words/figures";

/** More slots than this are a sentence only. */
const MOST_SHOWN = 64;

/** Slots as small squares: the used ones are filled. */
export function Slots({ slots, used }: { slots: number; used: number }) {
  if (slots === 0 || slots > MOST_SHOWN) return null;
  const squares = Array.from({ length: slots }, (_, at) => ({ at, isUsed: at < used }));
  return (
    <p className="my-1 flex flex-wrap gap-1" role="img" aria-label={`${used} of ${plural(slots, "slot")} in use`}>
      {squares.map(({ at, isUsed }) => (
        <span key={at} className={`size-3 rounded-xs border border-line-strong ${isUsed ? "bg-ink-2" : ""}`} />
      ))}
    </p>
  );
}

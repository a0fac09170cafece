import { useServerStatus } from "./feed/server-status";

export interface CountLook {
  count: string;
  /** Added to a count that needs a person. */
  waits: string;
  /** Added to a count for information. */
  tells: string;
}

/** At the end of a row. */
export const SIDE_COUNT: CountLook = {
  count: "ml-auto text-small",
  waits: "font-semibold text-wait",
  tells: "text-ink-3",
};

/** Count beside a page's name: amber for reviews that need a person, grey for alerts and for candidates of memory. */
export function EntryCount({ of, look }: { of: string; look: CountLook }) {
  const { openReviews, candidate_lessons: candidates, monitor } = useServerStatus();
  const alerts = monitor?.alerts.length ?? 0;
  const counts: Record<string, { number: number; words: string; colour: string }> = {
    "/review": { number: openReviews, words: "open", colour: look.waits },
    "/memory": { number: candidates, words: candidates === 1 ? "candidate" : "candidates", colour: look.tells },
    "/operations": { number: alerts, words: alerts === 1 ? "alert" : "alerts", colour: look.tells },
  };
  const counted = counts[of];
  if (!counted || counted.number === 0) return null;
  return (
    <span className={`${look.count} ${counted.colour}`}>
      {counted.number}
      <span className="sr-only"> {counted.words}</span>
    </span>
  );
}

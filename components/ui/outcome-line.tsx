import { TimedText } from "./timed-text";
import type { Outcome } from "./use-action";

/** What followed from an action, below what was pressed. */
export function OutcomeLine({ outcome }: { outcome: Outcome | null }) {
  if (!outcome) return null;
  return (
    <p className={`hint ${outcome.ok ? "" : "bad"}`} role="status">
      <TimedText text={outcome.sentence} />
    </p>
  );
}

import { Say } from "./parts";
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

/** Why nothing was done, in a dialog that stays open for another try. */
export function Refusal({ outcome }: { outcome: Outcome | null }) {
  if (!outcome || outcome.ok) return null;
  return (
    <Say look="bad" role="alert">
      {outcome.sentence}
    </Say>
  );
}

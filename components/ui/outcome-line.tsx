import { Hint } from "@/components/ui/hint";
import type { Outcome } from "./hooks/use-action";
import { Say } from "./parts";
import { TimedText } from "./timed-text";

/** The outcome of an action, below its button. */
export function OutcomeLine({ outcome }: { outcome: Outcome | null }) {
  if (!outcome) return null;
  return (
    <Hint isBad={!outcome.ok} role="status">
      <TimedText text={outcome.sentence} />
    </Hint>
  );
}

/** The reason why an action was refused, in a dialog that stays open for another try. */
export function Refusal({ outcome }: { outcome: Outcome | null }) {
  if (!outcome || outcome.ok) return null;
  return (
    <Say look="bad" role="alert">
      {outcome.sentence}
    </Say>
  );
}

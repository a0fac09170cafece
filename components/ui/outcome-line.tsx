import { Hint } from "@/components/ui/hint";
import type { Outcome } from "./hooks/use-action";
import { Say } from "./parts";
import { TimedText } from "./timed-text";

interface OutcomeLineProps {
  outcome: Outcome | null;
  /** The page shows a success by itself, so only a screen reader is told of it. */
  isQuiet?: boolean;
}

/** The outcome of an action, below its button. */
export function OutcomeLine({ outcome, isQuiet = false }: OutcomeLineProps) {
  if (!outcome) return null;
  return (
    <Hint isBad={!outcome.ok} role="status" className={isQuiet && outcome.ok ? "sr-only" : ""}>
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

import { plural } from "@/core/words/figures";
import { type Attempts, VERDICT_WORDS } from "./goal-words";

interface AttemptListProps {
  attempts: Attempts[];
  open: (round: number) => void;
}

/** The rounds that left the same error, so that a person sees what was tried against it. */
export function AttemptList({ attempts, open }: AttemptListProps) {
  return (
    <ul className="divide-y divide-line">
      {attempts.map(({ signature, rounds }) => (
        <li key={signature} className="py-2">
          <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <code className="min-w-0">{signature}</code>
            <span className="text-small text-ink-3">{plural(rounds.length, "attempt")}</span>
          </p>
          <ul className="mt-1">
            {rounds.map(({ number, plan, verdict }) => (
              <li key={number} className="flex min-w-0 items-baseline gap-2">
                <button type="button" className="link flex-none" onClick={() => open(number)}>
                  Round {number}
                </button>
                <span className="min-w-0 truncate text-ink-2">{plan}</span>
                <span className="flex-none text-small text-ink-3">{VERDICT_WORDS[verdict].toLowerCase()}</span>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

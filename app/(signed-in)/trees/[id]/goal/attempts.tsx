"use client";

import { useState } from "react";
import { plural } from "@/core/words/figures";
import { type Attempts, VERDICT_WORDS } from "./goal-words";

const SHOWN_ERRORS = 8;
const SHOWN_ROUNDS = 5;

interface AttemptListProps {
  attempts: Attempts[];
  open: (round: number) => void;
}

/** The rounds that left the same error, so that a person sees what was tried against it. */
export function AttemptList({ attempts, open }: AttemptListProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? attempts : attempts.slice(0, SHOWN_ERRORS);
  return (
    <>
      <ul className="divide-y divide-line">
        {shown.map(({ signature, rounds }) => (
          <li key={signature} className="py-2">
            <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
              <code className="min-w-0">{signature}</code>
              <span className="text-small text-ink-3">{plural(rounds.length, "attempt")}</span>
            </p>
            <ul className="mt-1">
              {rounds.slice(0, SHOWN_ROUNDS).map(({ number, plan, verdict }) => (
                <li key={number} className="flex min-h-6 min-w-0 items-center gap-2">
                  <button type="button" className="link min-h-6 flex-none" onClick={() => open(number)}>
                    Round {number}
                  </button>
                  <span className="min-w-0 truncate text-ink-2">{plan}</span>
                  <span className="flex-none text-small text-ink-3">{VERDICT_WORDS[verdict].toLowerCase()}</span>
                </li>
              ))}
              {rounds.length > SHOWN_ROUNDS ? (
                <li className="text-small text-ink-3">
                  and {rounds.length - SHOWN_ROUNDS} before, from round {rounds.at(-1)?.number} on
                </li>
              ) : null}
            </ul>
          </li>
        ))}
      </ul>
      {shown.length < attempts.length ? (
        <button type="button" className="link mt-2" onClick={() => setWhole(true)}>
          Show all {attempts.length} errors
        </button>
      ) : null}
    </>
  );
}

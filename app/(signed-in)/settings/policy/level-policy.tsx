"use client";

import { useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button, Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { Level } from "@/core/log/entries";
import type { Policy } from "@/core/rules/policy";
import { dangerOf, POLICY_WORDS } from "@/core/words/policy";
import { setLevelPolicy } from "./actions";
import type { CallsOfLevel } from "./calls-of-level";
import type { Changed } from "./last-changes";

interface LevelPolicyProps {
  level: Level;
  word: string;
  what: string;
  /** Which of its calls ask a person whatever is chosen; null: none. */
  anyway: string | null;
  calls: CallsOfLevel;
  policy: Policy;
  changed: Changed | null;
  may: boolean;
}

/** A level with its policy. A dangerous choice shows its consequence and needs a second click. */
export function LevelPolicy({ level, word, what, anyway, calls, policy, changed, may }: LevelPolicyProps) {
  const { pending, outcome, run } = useAction();
  const [wanted, setWanted] = useState<Policy | null>(null);
  const danger = wanted && wanted !== policy ? dangerOf(level, wanted) : null;
  const presentDanger = dangerOf(level, policy);

  function set(next: Policy): void {
    run(
      () => setLevelPolicy(level, next),
      (result) => {
        setWanted(null);
        if (result.ok) refreshPage();
      },
    );
  }
  function choose(next: Policy): void {
    setWanted(next);
    if (next !== policy && dangerOf(level, next) === null) set(next);
  }

  return (
    <li className="flex items-start gap-4 py-2.5 phone:flex-col phone:gap-2" data-level={level}>
      <div className="min-w-0 flex-auto">
        <b>{word}</b>
        <p className="text-ink-2">{what}</p>
        {anyway ? <p className="text-ink-2 text-small">{anyway}</p> : null}
        <LevelCalls calls={calls} />
        {changed ? <LastChange changed={changed} /> : null}
        {presentDanger && wanted === null ? (
          <p className="mt-1 flex items-start gap-2 text-small">
            <Icon name="tri" className="mt-px size-3.5 text-fail" />
            <span>{presentDanger}</span>
          </p>
        ) : null}
        {danger && wanted ? (
          <Say look="bad" role="alert" className="mt-2">
            <p>{danger}</p>
            <p className="mt-2 flex flex-wrap items-center gap-2">
              <Button disabled={pending} look="danger" onClick={() => set(wanted)}>
                {POLICY_WORDS[wanted]} anyway
              </Button>
              <Button onClick={() => setWanted(null)}>Cancel</Button>
            </p>
          </Say>
        ) : null}
        <OutcomeLine outcome={outcome} />
      </div>
      {may ? (
        <select
          className="w-38 flex-none phone:w-full"
          aria-label={`Policy for ${word}`}
          value={wanted ?? policy}
          aria-busy={pending}
          onChange={(event) => choose(event.target.value as Policy)}
        >
          {Object.entries(POLICY_WORDS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      ) : (
        <span className="text-ink-2">{POLICY_WORDS[policy]}</span>
      )}
    </li>
  );
}

/** The calls that follow the level's policy, and those whose tool has its own. */
function LevelCalls({ calls: { follow, own } }: { calls: CallsOfLevel }) {
  return (
    <div className="wrap-anywhere text-ink-2 text-small">
      {follow.length > 0 ? <p className="mt-0.5">Follow this policy: {follow.join(", ")}.</p> : null}
      {own.length > 0 ? <p className="mt-0.5">Have a policy of their own: {own.join("; ")}.</p> : null}
    </div>
  );
}

function LastChange({ changed: { by, at } }: { changed: Changed }) {
  return (
    <p className="text-small text-ink-3">
      Changed by {by}, <Clock at={at} />
    </p>
  );
}

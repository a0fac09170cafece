"use client";

import Link from "next/link";
import { usePolled } from "@/components/http/use-polled";
import { Section } from "@/components/ui/page/section";
import { Say } from "@/components/ui/parts";
import { FactTable, unseen } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { Limits } from "@/core/shapes/limits";
import { plural } from "@/core/words/figures";
import { claimingSentence } from "@/core/words/spending/limits";
import { LimitHistory } from "./limit-history";
import { LimitRow } from "./limit-row";
import { StopForm } from "./stop-form";

const POLL_MS = 10_000;
const COLUMNS = ["Limit", "Level", "Now", "At the limit", unseen("Edit")];

/** Each limit with its reading and level, whether tasks start, the emergency stop, and what happened. */
export function LimitsView({ start, maySet }: { start: Limits; maySet: boolean }) {
  const { value, again } = usePolled("limits", start, POLL_MS);
  const { claiming, read_at, limits, violations, within_minutes } = value;
  return (
    <>
      <Section id="limits" title="Limits" beside={read_at === null ? "not read yet" : <ReadAt at={read_at} />}>
        <p className="py-2 text-ink-2">
          Banyan reads each limit every 10 seconds. From 80 % of a limit its level is notice, from 90 % warning. What
          stops at a limit goes on below 90 %.
        </p>
        {claiming === "all" ? null : (
          <Say look={claiming === "none" ? "bad" : "parked"} role="status" className="mb-2">
            {claimingSentence(value)}
          </Say>
        )}
        <FactTable stacks columns={maySet ? COLUMNS : COLUMNS.slice(0, -1)}>
          {limits.map((limit) => (
            <LimitRow key={limit.name} limit={limit} maySet={maySet} again={again} violations={violations} />
          ))}
        </FactTable>
      </Section>
      <Section id="emergency" title="Emergency stop">
        <p className="py-2 text-ink-2">
          When one limit with “then pause everything” is violated {plural(violations, "time")} within{" "}
          {plural(within_minutes, "minute")}, everything pauses until a person resumes it. A limit that stays exceeded
          counts again. Alerts go to the{" "}
          <Link className="link" href="/settings/notifications">
            webhooks and e-mail
          </Link>{" "}
          that want them.
        </p>
        {maySet ? <StopForm value={value} again={again} /> : null}
      </Section>
      <LimitHistory events={value.events} />
    </>
  );
}

function ReadAt({ at }: { at: string }) {
  return (
    <>
      read <Clock at={at} />
    </>
  );
}

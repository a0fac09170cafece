"use client";

import Link from "next/link";
import { useState } from "react";
import { operate } from "@/app/operate";
import { FaultList } from "@/components/faults/fault-list";
import { usePolled } from "@/components/http/use-polled";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button, Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { Improvement } from "@/core/shapes/improving/improvement";
import { flagLooksSentence, improvementSentence } from "@/core/words/faults";
import { money } from "@/core/words/figures";
import { LookList } from "./look-list";
import { SettingsForm } from "./settings-form";

const POLL_MS = 15_000;
/** While the review agent looks. */
const QUICK_POLL_MS = 2_000;

interface ImprovementViewProps {
  start: Improvement;
  mayLook: boolean;
  maySet: boolean;
}

/** As many kinds of faults as the server lists. */
const MOST_KINDS = 50;

/** What goes wrong in tasks, what the review agent proposes against it, and when it looks. */
export function ImprovementView({ start, mayLook, maySet }: ImprovementViewProps) {
  const [isLooking, setLooking] = useState(isLookingNow(start));
  const { value, again } = usePolled("improvement", start, isLooking ? QUICK_POLL_MS : POLL_MS);
  if (isLooking !== isLookingNow(value)) setLooking(isLookingNow(value));
  const { faults, looks } = value;
  return (
    <>
      <ReviewAgent value={value} again={again} mayLook={mayLook} />
      {maySet ? <SettingsForm value={value} again={again} /> : null}
      <Section
        id="faults"
        title="Faults"
        beside={`${faults.length < MOST_KINDS ? "" : `first ${MOST_KINDS} kinds `}of the last 30 days`}
      >
        {faults.length === 0 ? (
          <p className="py-2 text-ink-2">
            No faults. A fault is a failed task, a refused tool call, a rejection by a person, or a task that went in
            circles.
          </p>
        ) : (
          <FaultList faults={faults} />
        )}
      </Section>
      <Section id="looks" title="Looks">
        {looks.length === 0 ? (
          <p className="py-2 text-ink-2">The review agent has not looked yet.</p>
        ) : (
          <LookList looks={looks} />
        )}
      </Section>
    </>
  );
}

function isLookingNow({ looks }: Improvement): boolean {
  return looks[0]?.status === "running";
}

interface ReviewAgentProps {
  value: Improvement;
  again: () => Promise<void>;
  mayLook: boolean;
}

/** Whether looks start by themselves, what they cost today, and the button for a look now. */
function ReviewAgent({ value, again, mayLook }: ReviewAgentProps) {
  const { pending, outcome, run } = useAction();
  const { off, model, spent_today_usd: spent, proposals_today: proposed, most_proposals: most, next_at } = value;
  const isLooking = isLookingNow(value);
  const isHeld = pending || isLooking || off !== null || model === null;
  return (
    <Section id="reviewer" title="Review agent">
      <p className="py-2 text-ink-2">
        {improvementSentence(value)} It proposes better texts of agents and documents, and a person approves each of
        them.
      </p>
      {off ? (
        <Say look="parked">
          Changes of Banyan by agents are switched off, so nothing looks.{" "}
          <Link className="link" href="/operations#self">
            See the switch
          </Link>
        </Say>
      ) : model === null ? (
        <Say>No language model is connected, so nothing can look at the faults.</Say>
      ) : null}
      <p className="py-1 text-small text-ink-2">
        Today: {money(spent)} spent, {proposed} of {most} proposals.
        {next_at === null || off ? null : (
          <>
            {" "}
            Next by the clock: <Clock at={next_at} />.
          </>
        )}
      </p>
      <p className="py-1 text-small text-ink-2">{flagLooksSentence(value.flags)}</p>
      {mayLook ? (
        <Button
          look="primary"
          className="mt-1"
          aria-disabled={isHeld}
          onClick={() =>
            isHeld ||
            run(
              () => operate("lookNow", {}),
              () => void again(),
            )
          }
        >
          {isLooking ? "Looking…" : "Look now"}
        </Button>
      ) : null}
      <OutcomeLine outcome={outcome} />
    </Section>
  );
}

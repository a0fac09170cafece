"use client";

import { operate } from "@/app/operate";
import { usePolled } from "@/components/http/use-polled";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import type { SelfState } from "@/core/shapes/improving/self";
import { gateRunsWords } from "@/core/words/gates";
import { ReleasesNow } from "./releases-now";
import { SelfReleases } from "./self-releases";

const POLL_MS = 10_000;

interface SelfChangesProps {
  start: SelfState;
  maySwitchOff: boolean;
  maySwitchOn: boolean;
}

/** Whether agents may propose changes of Banyan itself, and the switch for it. */
export function SelfChanges({ start, maySwitchOff, maySwitchOn }: SelfChangesProps) {
  const { value, again } = usePolled("self", start, POLL_MS);
  const { pending, outcome, run } = useAction();
  const { off } = value;
  const turn = (on: boolean) =>
    pending ||
    run(
      () => operate(on ? "switchSelfOn" : "switchSelfOff", {}),
      () => void again(),
    );
  return (
    <Section id="self" title="Changes of Banyan by agents">
      <div className="flex min-h-control flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1.5">
        <span className="min-w-0 flex-1">
          <StatusWord status={off ? "paused" : "succeeded"}>{off ? "Off" : "On"}</StatusWord>
          <span className="ml-3 text-ink-2 wrap-anywhere">
            {off ? <SwitchedOff off={off} /> : "Agents may propose changes, and a person approves each of them."}
          </span>
        </span>
        {off ? (
          maySwitchOn && off.by !== null ? (
            <Button aria-disabled={pending} onClick={() => turn(true)}>
              Switch on
            </Button>
          ) : null
        ) : maySwitchOff ? (
          <Button look="danger" icon="power" aria-disabled={pending} onClick={() => turn(false)}>
            Switch off
          </Button>
        ) : null}
      </div>
      <p className="py-1.5 text-ink-2">
        <TimedText text={gateRunsWords(value.gate_runs)} />
      </p>
      {value.releases?.now ? <ReleasesNow now={value.releases.now} /> : null}
      {value.releases ? <SelfReleases status={value.releases} /> : null}
      <OutcomeLine outcome={outcome} />
    </Section>
  );
}

function SwitchedOff({ off: { by, since, reason } }: { off: NonNullable<SelfState["off"]> }) {
  if (by === null) return `${reason} Remove it to allow changes.`;
  return (
    <span>
      Since <Clock at={since} />, by {by}
      {reason ? `: ${reason}` : ""}. An admin can switch it on.
    </span>
  );
}

"use client";

import { resumeEverything } from "@/app/actions/operations";
import { useServerStatus } from "@/components/feed/server-status";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";

/** On every page while the kill switch is on: who pulled it, why, what it means, and the way back. */
export function HaltBar({ mayResume }: { mayResume: boolean }) {
  const halt = useServerStatus().paused_everything;
  const { pending, outcome, run } = useAction();
  if (!halt) return null;
  return (
    <section className="halt" aria-label="Everything is paused">
      <Icon name="power" />
      <div className="grow" role="status">
        <b>Everything is paused</b> since <Clock at={halt.since} />, by {halt.by}
        {halt.reason ? <>: “{halt.reason}”</> : null}. No task runs or starts until everything is resumed; then each
        goes on from its log.
        {outcome?.ok === false ? <span className="block">{outcome.sentence}</span> : null}
      </div>
      {mayResume ? (
        <Button look="primary" aria-disabled={pending} onClick={() => pending || run(resumeEverything)}>
          Resume everything
        </Button>
      ) : (
        <span className="small">An operator can resume everything.</span>
      )}
    </section>
  );
}

"use client";

import { operate } from "@/app/operate";
import { useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ServerStatus } from "@/core/shapes/shapes";

interface HaltStripProps {
  halt: NonNullable<ServerStatus["paused_everything"]>;
  mayResume: boolean;
}

/** Who paused everything, why, and the button that resumes. */
export function HaltStrip({ halt, mayResume }: HaltStripProps) {
  const { pending, outcome, run } = useAction();
  return (
    <section
      className="sticky top-0 z-3 flex items-center gap-3 border-b-2 border-fail bg-fail-bg px-6 py-3 phone:flex-wrap phone:items-start phone:px-4"
      data-strip
      aria-label="Everything is paused"
    >
      <Icon name="power" className="size-5 flex-none text-fail" />
      <div className="min-w-0 flex-auto phone:basis-60" role="status">
        <b>Everything is paused</b> since <Clock at={halt.since} />, by {halt.by}
        {halt.reason ? <>: “{halt.reason}”</> : null}. No task runs or starts until someone resumes everything. Then
        each task continues from its log.
        {outcome?.ok === false ? <span className="block">{outcome.sentence}</span> : null}
      </div>
      {mayResume ? (
        <Button
          look="primary"
          className="flex-none phone:w-full"
          aria-disabled={pending}
          onClick={() => pending || run(() => operate("resumeEverything", {}))}
        >
          Resume everything
        </Button>
      ) : (
        <span className="text-small">An operator can resume everything.</span>
      )}
    </section>
  );
}

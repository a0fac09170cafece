"use client";

import { operate } from "@/app/operate";
import { NoticeBar } from "@/components/feed/notice-bar";
import { useAction } from "@/components/ui/hooks/use-action";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ServerStatus } from "@/core/shapes/status";

interface HaltStripProps {
  halt: NonNullable<ServerStatus["paused_everything"]>;
  mayResume: boolean;
}

/** Who paused everything, why, and the button that resumes. */
export function HaltStrip({ halt, mayResume }: HaltStripProps) {
  const { pending, outcome, run } = useAction();
  return (
    <NoticeBar icon="power" look="fail" data-strip aria-label="Everything is paused">
      <div role="status">
        <b>Everything is paused</b> since <Clock at={halt.since} />, by {halt.by}
        {halt.reason ? <>: “{halt.reason}”</> : null}. No task, service or promotion runs until someone resumes
        everything.
        {outcome?.ok === false ? <span className="block">{outcome.sentence}</span> : null}
      </div>
      {mayResume ? (
        <Button
          look="primary"
          className="mt-2 w-full"
          title="Each task continues from its log. Services start again, and promotions repeat the step that was cut."
          aria-disabled={pending}
          onClick={() => pending || run(() => operate("resumeEverything", {}))}
        >
          Resume everything
        </Button>
      ) : (
        <p className="mt-1">An operator can resume everything.</p>
      )}
    </NoticeBar>
  );
}

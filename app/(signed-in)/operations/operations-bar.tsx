"use client";

import { useServerStatus } from "@/components/feed/server-status";
import { PageBar } from "@/components/ui/page/page";
import { plural } from "@/core/words/figures";
import { PauseEverything } from "./pause-everything";

/**
 * The number of alerts, and the kill switch. While everything is paused, the bar above every page resumes it instead.
 */
export function OperationsBar({ mayPause }: { mayPause: boolean }) {
  const { monitor, paused_everything: halt, slots } = useServerStatus();
  const alerts = monitor?.alerts.length ?? 0;
  return (
    <PageBar>
      <h1>Operations</h1>
      {alerts > 0 ? <span className="text-ink-3 phone:hidden">{plural(alerts, "alert")}</span> : null}
      <span className="flex-auto min-w-0" />
      {halt ? null : mayPause ? (
        <PauseEverything running={slots.used} />
      ) : (
        <span className="text-small text-ink-2">An operator can pause everything.</span>
      )}
    </PageBar>
  );
}

"use client";

import { useServerStatus } from "@/components/feed/server-status";
import { plural } from "@/components/ui/format";
import { PauseEverything } from "./pause-everything";

/** What runs short, and the kill switch. While it is on, the bar above every page says so and takes it back. */
export function OperationsBar({ mayPause }: { mayPause: boolean }) {
  const { monitor, paused_everything: halt, slots } = useServerStatus();
  const alerts = monitor?.alerts.length ?? 0;
  return (
    <header className="bar">
      <h1>Operations</h1>
      {alerts > 0 ? <span className="faint hidephone">{plural(alerts, "alert")}</span> : null}
      <span className="grow" />
      {halt ? null : (
        <>
          <span className="small dim hidephone text-right">
            Stops every task within 5 s.
            <br />
            Nothing is lost.
          </span>
          {mayPause ? (
            <PauseEverything running={slots.used} />
          ) : (
            <span className="small dim">An operator can pause everything.</span>
          )}
        </>
      )}
    </header>
  );
}

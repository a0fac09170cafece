import { Button, Say } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";

/** Shown while a server starts: the step, the elapsed time and the timeouts. */
export function WaitingLine({ what, since, giveUp }: { what: string; since: string; giveUp: () => void }) {
  return (
    <Say look="live" role="status">
      <p>
        <b>{what}</b>{" "}
        <span aria-hidden="true">
          <Elapsed since={since} until={null} />
        </span>
      </p>
      <p className="text-ink-2 text-small">
        Timeouts: 5 min to install a package, 30 s to start the server, 30 s to list its tools.
      </p>
      <p className="mt-2 flex flex-wrap items-center gap-2">
        <Button onClick={giveUp}>Stop waiting</Button>
      </p>
    </Say>
  );
}

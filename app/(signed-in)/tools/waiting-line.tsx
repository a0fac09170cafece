import { Button, Say } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";

/** A server is being started: what happens, for how long, and when it is given up. */
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
        A package is installed first, within 5 minutes; then the server has 30 s to answer its start, and 30 s to list
        its tools.
      </p>
      <p className="mt-2 flex flex-wrap items-center gap-2">
        <Button onClick={giveUp}>Stop waiting</Button>
      </p>
    </Say>
  );
}

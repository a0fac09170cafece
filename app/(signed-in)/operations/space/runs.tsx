import { Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { Retention } from "@/core/shapes/retention";
import { bytes, plural } from "@/core/words/figures";

/** The run in progress, else the last one with its result, and when the next one is due. */
export function Runs({ retention: { running, last, next_at } }: { retention: Retention }) {
  return (
    <div role="status" className="mt-3">
      {running ? (
        <Say look="live">
          Removing old trees: {plural(running.removed, "tree")}, about {bytes(running.size_bytes)}, so far.
        </Say>
      ) : last?.problem ? (
        <Say look="bad">
          The last run ended early, <Clock at={last.begun_at} />: <span className="wrap-anywhere">{last.problem}</span>
        </Say>
      ) : null}
      <p className="mt-2 text-ink-2">
        {last ? (
          <>
            Last run: <Clock at={last.begun_at} />, {last.cause === "person" ? "started by a person" : "on schedule"}:{" "}
            {plural(last.removed, "tree")} removed, about {bytes(last.size_bytes)}.
          </>
        ) : (
          "No run yet."
        )}{" "}
        {next_at === null ? (
          "None is scheduled."
        ) : (
          <>
            Next: <Clock at={next_at} />.
          </>
        )}
      </p>
    </div>
  );
}

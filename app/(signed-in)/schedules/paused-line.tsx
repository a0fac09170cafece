import { Clock } from "@/components/ui/time";
import type { Schedule } from "@/core/shapes/schedules";

/** Who paused a schedule, since when, and why. */
export function PausedLine({ paused: { by, at, sentence } }: { paused: NonNullable<Schedule["paused"]> }) {
  return (
    <p className={by === null ? "text-fail" : "text-ink-2"}>
      Paused by {by ?? "Banyan"}, <Clock at={at} />.{sentence === null ? "" : ` ${sentence}`}
      {by === null ? " Who resumes it gives it their rights." : ""}
    </p>
  );
}

import Link from "next/link";
import { Clock } from "@/components/ui/time";
import type { Tree } from "@/core/shapes/shapes";

/** The schedule that began the tree. */
export function BegunBy({ schedule }: { schedule: NonNullable<Tree["schedule"]> }) {
  const { id, name, due_at, cause, is_removed } = schedule;
  return (
    <p className="min-w-0 truncate text-small text-ink-3">
      begun by the schedule{" "}
      {is_removed ? (
        `“${name}”, removed since`
      ) : (
        <Link className="link" href={`/schedules/${id}`} title={name}>
          {name}
        </Link>
      )}
      {cause === "person" ? (
        ", by hand"
      ) : (
        <>
          , due <Clock at={due_at} />
        </>
      )}
    </p>
  );
}

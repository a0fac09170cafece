"use client";

import Link from "next/link";
import { useServerStatus } from "@/components/feed/server-status";
import { Icon } from "@/components/ui/icon";

/** Schedules that Banyan has paused. They are no items of the queue, but need a person as those do. */
export function PausedSchedules() {
  const { paused_schedules: schedules, totals } = useServerStatus();
  const more = totals.paused_schedules - schedules.length;
  if (schedules.length === 0) return null;
  return (
    <ul className="border-line border-b px-3 py-1.5 text-small" aria-label="Paused schedules">
      {schedules.map(({ id, name, sentence }) => (
        <li className="flex min-w-0 items-center gap-2" key={id} title={sentence}>
          <Icon name="schedule" className="size-3.5 flex-none text-fail" />
          <Link className="link min-w-0 truncate leading-6" href={`/schedules/${id}`} prefetch={false}>
            {name}
          </Link>
          <span className="flex-none text-ink-3">paused by Banyan</span>
        </li>
      ))}
      {more > 0 ? (
        <li>
          <Link className="link leading-6" href="/schedules" prefetch={false}>
            {more} more
          </Link>
        </li>
      ) : null}
    </ul>
  );
}

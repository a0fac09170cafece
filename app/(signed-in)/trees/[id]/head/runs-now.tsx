"use client";

import { memo } from "react";
import { nowText, type RunningTask } from "@/components/feed/running";
import { chipLook } from "@/components/ui/chip-look";
import { StatusGlyph } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { plural } from "@/core/words/figures";

const MOST_CHIPS = 8;

interface RunsNowProps {
  running: readonly RunningTask[];
  openId: string | null;
  select: (id: string) => void;
  isFollowing: boolean;
  setFollowing: (isFollowing: boolean) => void;
}

/** The running tasks of an open tree, and a switch that keeps the selection on the one that is active. */
export const RunsNow = memo(function RunsNow({ running, openId, select, isFollowing, setFollowing }: RunsNowProps) {
  const more = running.length - MOST_CHIPS;
  return (
    <section
      className="flex h-9 min-w-0 flex-none items-center gap-2 border-b border-line px-4 phone:h-11"
      aria-label="Runs now"
    >
      <b className="flex-none text-small font-medium text-ink-2 phone:sr-only">Runs now</b>
      <ul className="flex min-w-0 flex-auto items-center gap-1 overflow-x-auto [scrollbar-width:none] phone:has-[button]:-ml-2">
        {running.slice(0, MOST_CHIPS).map((one) => (
          <li key={one.task.id} className="flex-none">
            <RunningChip one={one} isOpen={one.task.id === openId} select={select} />
          </li>
        ))}
        {more > 0 ? <li className="flex-none text-small text-ink-3">and {plural(more, "more task")}</li> : null}
        {running.length === 0 ? <li className="text-small text-ink-3">Nothing runs at the moment</li> : null}
      </ul>
      <button
        type="button"
        className={chipLook(isFollowing, "flex-none border-line-strong!")}
        aria-pressed={isFollowing}
        data-key="F"
        title="Selects the task that runs, until you select one yourself (⇧F)"
        onClick={() => setFollowing(!isFollowing)}
      >
        {isFollowing ? "Following" : "Follow"}
      </button>
    </section>
  );
});

function RunningChip({ one, isOpen, select }: { one: RunningTask; isOpen: boolean; select: (id: string) => void }) {
  const { task, now } = one;
  return (
    <button
      type="button"
      className={chipLook(isOpen, "max-w-80")}
      aria-current={isOpen || undefined}
      title={`${task.title} (${task.agent}): ${nowText(one)}`}
      data-running={task.id}
      onClick={() => select(task.id)}
    >
      <StatusGlyph status="running" labelled={false} />
      <span className="max-w-40 flex-none truncate">{task.title}</span>
      <span className={`min-w-0 truncate text-ink-3 ${now?.call ? "font-mono text-mono" : ""}`}>{nowText(one)}</span>
      {now ? (
        <span className="text-ink-3">
          <Elapsed since={now.since} until={null} />
        </span>
      ) : null}
    </button>
  );
}

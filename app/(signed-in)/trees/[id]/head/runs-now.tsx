"use client";

import { memo, useId, useState } from "react";
import { nowText, type RunningTask } from "@/components/feed/running";
import { chipLook } from "@/components/ui/chip-look";
import { Icon } from "@/components/ui/icon";
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

/** The running tasks of an open tree, and a switch that keeps the selection on the active one. On a phone, one line that opens. */
export const RunsNow = memo(function RunsNow(props: RunsNowProps) {
  const { running, openId, select, isFollowing, setFollowing } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const more = running.length - MOST_CHIPS;
  return (
    <section className="flex-none border-b border-line" aria-label="Runs now">
      <PhoneLine running={running} isOpen={isOpen} id={id} toggle={() => setOpen(!isOpen)} />
      <div
        id={id}
        className={`flex h-9 min-w-0 items-center gap-2 px-4 phone:h-auto phone:items-start phone:pb-2 ${isOpen ? "" : "phone:hidden"}`}
      >
        <b className="flex-none text-small font-medium text-ink-2 phone:hidden">Runs now</b>
        <ul className="flex min-w-0 flex-auto items-center gap-1 overflow-x-auto [scrollbar-width:none] phone:max-h-44 phone:flex-col phone:items-stretch phone:overflow-x-hidden phone:overflow-y-auto">
          {running.slice(0, MOST_CHIPS).map((one) => (
            <li key={one.task.id} className="min-w-0 flex-none">
              <RunningChip
                one={one}
                isOpen={one.task.id === openId}
                select={(task) => {
                  setOpen(false);
                  select(task);
                }}
              />
            </li>
          ))}
          {more > 0 ? <li className="flex-none text-small text-ink-3">and {plural(more, "more task")}</li> : null}
          {running.length === 0 ? <li className="text-small text-ink-3">{NOTHING}</li> : null}
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
      </div>
    </section>
  );
});

const NOTHING = "Nothing runs at the moment";

interface PhoneLineProps {
  running: readonly RunningTask[];
  isOpen: boolean;
  /** The id of what it opens. */
  id: string;
  toggle: () => void;
}

/** What runs, in one line. It opens the list. */
function PhoneLine({ running, isOpen, id, toggle }: PhoneLineProps) {
  const [first] = running;
  return (
    <button
      type="button"
      className="hidden h-8 low:h-6 w-full focus-visible:-outline-offset-2 min-w-0 cursor-pointer items-center gap-2 px-4 text-small text-ink-2 phone:flex"
      aria-expanded={isOpen}
      aria-controls={id}
      onClick={toggle}
    >
      {first ? <StatusGlyph status="running" labelled={false} /> : null}
      <span className="flex-none font-medium">{first ? `${running.length} running` : NOTHING}</span>
      <span className="min-w-0 flex-auto truncate text-left text-ink-3">
        {first && !isOpen ? `${first.task.agent}: ${nowText(first)}` : ""}
      </span>
      <Icon name="down" className={`size-3 flex-none text-ink-3 ${isOpen ? "rotate-180" : ""}`} />
    </button>
  );
}

function RunningChip({ one, isOpen, select }: { one: RunningTask; isOpen: boolean; select: (id: string) => void }) {
  const { task, now } = one;
  return (
    <button
      type="button"
      className={chipLook(isOpen, "max-w-80 phone:w-full phone:max-w-full")}
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

"use client";

import { memo } from "react";
import { badgeOf, type OutlineRow } from "@/components/feed/outline";
import { Badge, Meter } from "@/components/ui/parts";
import { StatusGlyph } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { isEnded } from "@/core/log/terms";
import { exactCount, exactMoney, plural, spentPart, spentText } from "@/core/words/figures";
import { STATUS_WORDS } from "@/core/words/status";
import { FoldToggle } from "../view/fold-toggle";

interface OutlineRowItemProps extends OutlineRow {
  /** Pixels from the top of the list. */
  top: number;
  /** What the task does now or waits for, what came out of it, or why it failed. */
  now: string;
  /** The text around the search match; "" without a match. */
  excerpt: string;
  selected: boolean;
  select: (id: string) => void;
  toggle: (id: string, expanded: boolean) => void;
}

/** Columns for name, agent, cost and time. Narrow screens show fewer of them. */
const COLUMNS =
  "grid grid-cols-[minmax(0,1fr)_78px_84px_56px] items-center gap-x-3 narrow:grid-cols-[minmax(0,1fr)_84px] phone:grid-cols-[minmax(0,1fr)_auto]";
const SELECTED = "bg-selected before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent";

export function OutlineHead() {
  return (
    <div
      className={`${COLUMNS} h-6 flex-none border-b border-line bg-bg pr-4 pl-12 text-small text-ink-3 phone:hidden`}
      aria-hidden="true"
    >
      <span>Task</span>
      <span className="narrow:hidden">Agent</span>
      <span className="text-right whitespace-nowrap">Spent / grant</span>
      <span className="text-right whitespace-nowrap narrow:hidden">Time</span>
    </div>
  );
}

/** Memoized, because a busy tree updates often and most rows do not change. */
export const OutlineRowItem = memo(function OutlineRowItem(props: OutlineRowItemProps) {
  const { task, status, level, expanded, top, now, excerpt, selected } = props;
  const badge = badgeOf(task, status);
  const part = spentPart(task.spent, task.grant);
  const aside = excerpt || now;
  return (
    <div
      className={`${COLUMNS} absolute inset-x-0 top-0 h-12 cursor-pointer border-line border-b low:h-row pr-4 pl-[calc(12px+var(--d)*16px)] phone:pl-[calc(12px+var(--d)*10px)] ${selected ? SELECTED : "hover:bg-hover"}`}
      role="treeitem"
      id={`row-${task.id}`}
      tabIndex={-1}
      aria-level={level + 1}
      aria-expanded={expanded}
      aria-selected={selected}
      aria-label={`${task.title}, ${STATUS_WORDS[status]}`}
      aria-description={descriptionOf(props, badge?.word, aside)}
      style={{ "--d": level, transform: `translateY(${top}px)` } as React.CSSProperties}
    >
      <RowTask {...props} aside={aside} badge={badge} />
      <span
        className="min-w-0 truncate text-small/5 text-ink-2 narrow:hidden"
        title={props.chosen ? `${task.agent}, chosen by agent_selector` : task.agent}
        aria-hidden="true"
      >
        {task.agent}
      </span>
      <span
        className="inline-flex items-center justify-end gap-1.5 whitespace-nowrap text-ink-2 phone:flex-col phone:items-end phone:gap-1 low:flex-row low:items-center"
        aria-hidden="true"
      >
        <span title={`${exactMoney(task.spent.cost_usd ?? 0)}, ${exactCount(task.spent.tokens ?? 0)} tokens`}>
          {spentText(task.spent).replace("tokens", "tok")}
        </span>
        {part === null ? <span className="h-1 w-8 flex-none" /> : <Meter part={part} exhausted={part >= 1} />}
      </span>
      <span className="text-right whitespace-nowrap text-ink-2 narrow:hidden" aria-hidden="true">
        <Elapsed since={task.started_at} until={task.ended_at} />
      </span>
    </div>
  );
});

type RowTaskProps = OutlineRowItemProps & { aside: string; badge: ReturnType<typeof badgeOf> };

/** The first column: the task, and below it what it does, asks or found. */
function RowTask(props: RowTaskProps) {
  const { task, status, expanded, folded, aside, badge, select, toggle } = props;
  const done = isEnded(task.status) && task.status !== "failed";
  return (
    <span className="flex min-w-0 items-center gap-2">
      <FoldToggle id={task.id} expanded={expanded} toggle={toggle} />
      <StatusGlyph status={status} labelled={false} />
      <span className="min-w-0 flex-auto">
        <span className="flex h-5 min-w-0 items-center gap-2">
          <RowLink id={task.id} select={select} done={done} title={task.title}>
            {task.title}
          </RowLink>
          <span className="contents" aria-hidden="true">
            {folded > 0 ? (
              <span className="text-small whitespace-nowrap text-ink-2">{plural(folded, "subtask")}</span>
            ) : null}
            {badge ? (
              <Badge look={badge.look} icon={badge.icon}>
                {badge.word}
              </Badge>
            ) : null}
          </span>
        </span>
        <span className="block min-w-0 truncate text-small text-ink-2 low:hidden" aria-hidden="true">
          {aside || STATUS_WORDS[status]}
        </span>
      </span>
    </span>
  );
}

/** Returns the row's columns in words, for screen readers. */
function descriptionOf(
  { task, folded, chosen }: OutlineRowItemProps,
  badge: string | undefined,
  aside: string,
): string {
  const { agent, turns, spent } = task;
  const hidden = folded > 0 ? plural(folded, "subtask") : "";
  const by = chosen ? `${agent}, chosen by agent_selector` : agent;
  const words = [badge, hidden, aside, by, turns ? plural(turns, "turn") : "", `${spentText(spent)} spent`];
  return words.filter(Boolean).join(", ");
}

interface RowLinkProps {
  id: string;
  select: (id: string) => void;
  /** The task succeeded or was stopped. */
  done: boolean;
  title: string;
  children: string;
}

/** Makes the whole row a link, so the task also opens in a new tab. Tab skips it because the tree's keys select rows. */
export function RowLink({ id, select, done, title, children }: RowLinkProps) {
  return (
    <a
      className={`min-w-0 flex-initial truncate after:absolute after:inset-0 ${done ? "text-ink-2" : "font-medium"}`}
      href={`?task=${id}`}
      title={title}
      tabIndex={-1}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        select(id);
      }}
    >
      {children}
    </a>
  );
}

"use client";

import { memo } from "react";
import { isEnded } from "@/agents/core/shapes";
import { badgeOf, type OutlineRow } from "@/components/trees/outline";
import { exactMoney, plural, spentPart, spentText } from "@/components/ui/format";
import { Badge, Meter } from "@/components/ui/parts";
import { STATUS_WORDS, StatusGlyph } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { FoldToggle } from "./fold-toggle";

interface OutlineRowItemProps extends OutlineRow {
  /** Pixels from the top of the list. */
  top: number;
  /** What it does now, or waits for. */
  now: string;
  /** Where the words that are looked for stand in its texts. */
  excerpt: string;
  selected: boolean;
  select: (id: string) => void;
  toggle: (id: string, expanded: boolean) => void;
}

/** Drawn anew only when something of its own has changed, however much goes on around it. */
export const OutlineRowItem = memo(function OutlineRowItem(props: OutlineRowItemProps) {
  const { task, status, level, expanded, folded, top, now, excerpt, selected, select, toggle } = props;
  const badge = badgeOf(task, status);
  const part = spentPart(task.spent, task.grant);
  const chosen = props.chosen ? "chosen by agent_selector" : "";
  const asks = status === "waiting" && task.waiting_for?.kind === "answer";
  const aside = excerpt || ((status === "running" || asks) && now ? now : chosen);
  const done = isEnded(task.status) && task.status !== "failed";
  return (
    <div
      className="tr item"
      role="treeitem"
      id={`row-${task.id}`}
      tabIndex={-1}
      aria-level={level + 1}
      aria-expanded={expanded}
      aria-selected={selected}
      aria-label={`${task.title}, ${STATUS_WORDS[status]}`}
      aria-description={saidOf(props, badge?.word, aside)}
      style={{ "--d": level, transform: `translateY(${top}px)` } as React.CSSProperties}
    >
      <span className="t">
        <FoldToggle id={task.id} expanded={expanded} toggle={toggle} />
        <StatusGlyph status={status} labelled={false} />
        <span className="two2 grow">
          <span className="nm">
            <span className="flex">
              <RowLink id={task.id} select={select} className={`name cut ${done ? "done" : ""}`} title={task.title}>
                {task.title}
              </RowLink>
              <span className="contents" aria-hidden="true">
                {folded > 0 ? <span className="small faint nowrap">{plural(folded, "subtask")}</span> : null}
                {badge ? (
                  <Badge look={badge.look} icon={badge.icon}>
                    {badge.word}
                  </Badge>
                ) : null}
              </span>
            </span>
            {aside ? (
              <span className="now cut" aria-hidden="true">
                {aside}
              </span>
            ) : null}
          </span>
          <span className="sub small cut" aria-hidden="true">
            {excerpt || now || STATUS_WORDS[status]}
          </span>
        </span>
      </span>
      <span className="ag cut tn" title={task.agent} aria-hidden="true">
        {task.agent}
      </span>
      <span className="num dim tn" aria-hidden="true">
        {task.turns || "–"}
      </span>
      <span className="spend dim" aria-hidden="true">
        <span title={exactMoney(task.spent.cost_usd ?? 0)}>{spentText(task.spent)}</span>
        {part === null ? <span className="meter none" /> : <Meter part={part} exhausted={part >= 1} />}
      </span>
      <span className="num dim el tn" aria-hidden="true">
        <Elapsed since={task.started_at} until={task.ended_at} />
      </span>
    </div>
  );
});

/** What its columns show, in words, for whoever hears the row. */
function saidOf({ task, folded }: OutlineRowItemProps, badge: string | undefined, aside: string): string {
  const { agent, turns, spent } = task;
  const hidden = folded > 0 ? plural(folded, "subtask") : "";
  const words = [badge, hidden, aside, agent, turns ? plural(turns, "turn") : "", `${spentText(spent)} spent`];
  return words.filter(Boolean).join(", ");
}

interface RowLinkProps {
  id: string;
  select: (id: string) => void;
  className: string;
  title: string;
  children: string;
}

/** It fills its row; opened in a new tab it leads to the same task. The keys of the tree do what it does. */
export function RowLink({ id, select, className, title, children }: RowLinkProps) {
  return (
    <a
      className={`rowlink ${className}`}
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

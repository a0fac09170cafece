"use client";

import { useMemo, useState } from "react";
import { countByStatus } from "@/components/feed/outline";
import { Meter } from "@/components/ui/parts";
import { StatusGlyph, shownStatusOf } from "@/components/ui/status";
import type { Task } from "@/core/shapes/shapes";
import { countsText } from "@/core/words/counts";
import { plural, spentOfText, spentPart } from "@/core/words/figures";
import { rowText } from "@/core/words/tasks";
import { Section } from "./section";
import { SectionRow } from "./section-row";

const FIRST_ROWS = 40;
const MORE_ROWS = 200;

interface SubtasksProps {
  task: Task;
  tasks: ReadonlyMap<string, Task>;
  asked: ReadonlySet<string>;
  select: (id: string) => void;
}

/** The tasks that this task started, each as a link with its status and the spend of its branch. */
export function Subtasks({ task, tasks, asked, select }: SubtasksProps) {
  const [most, setMost] = useState(FIRST_ROWS);
  const children = useMemo(() => [...tasks.values()].filter((child) => child.parent_id === task.id), [tasks, task.id]);
  if (children.length === 0) return null;
  const work = children.filter((child) => child.role === "work");
  const shown = children.slice(0, most);
  return (
    <Section name="subtasks" title="Subtasks" summary={summaryOf(work, asked, children.length - work.length)}>
      <ul>
        {shown.map((child) => (
          <SectionRow key={child.id}>
            <StatusGlyph status={shownStatusOf(child, asked)} />
            <a
              className="min-w-0 flex-[0_1_auto] truncate phone:flex-auto hover:underline"
              href={`?task=${encodeURIComponent(child.id)}`}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                select(child.id);
              }}
            >
              {child.title}
            </a>
            <span className="min-w-0 flex-[1_2_88px] truncate text-small text-ink-3 phone:hidden">
              {rowText(child, tasks, asked)}
            </span>
            <span className="text-small whitespace-nowrap text-ink-3">
              {child.role === "finishing" ? "checks this task" : child.agent}
            </span>
            <Spent child={child} />
          </SectionRow>
        ))}
      </ul>
      {children.length > shown.length ? (
        <button type="button" className="link text-small" onClick={() => setMost(most + MORE_ROWS)}>
          Show more ({children.length - shown.length} left)
        </button>
      ) : null}
    </Section>
  );
}

function Spent({ child: { spent, grant } }: { child: Task }) {
  const part = spentPart(spent, grant);
  return (
    <span className="inline-flex items-center gap-1.5 text-small whitespace-nowrap text-ink-2">
      {spentOfText(spent, grant.cost_usd)}
      {part === null ? null : <Meter part={part} exhausted={part >= 1} />}
    </span>
  );
}

function summaryOf(work: Task[], asked: ReadonlySet<string>, finishing: number): string {
  const checks = finishing > 0 ? plural(finishing, "finishing task") : "";
  return [countsText(countByStatus(work, asked)), checks].filter(Boolean).join(", ");
}

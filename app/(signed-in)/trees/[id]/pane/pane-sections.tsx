"use client";

import { memo } from "react";
import { headTaskOf } from "@/components/feed/outline";
import { Markdown } from "@/components/text/markdown";
import { isEnded } from "@/core/log/terms";
import type { TaskFiles } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import type { Loaded } from "../files/use-loaded";
import { Claims } from "../sections/claims";
import { FilesChanged } from "../sections/files-changed";
import { Forks } from "../sections/forks";
import { Interventions } from "../sections/interventions";
import { Section } from "../sections/section";
import { Spend } from "../sections/spend";
import { Subtasks } from "../sections/subtasks";

interface PaneSectionsProps {
  task: Task;
  tasks: ReadonlyMap<string, Task>;
  /** The task with its long texts, once they are loaded. */
  detail: Task;
  files: Loaded<TaskFiles>;
  asked: ReadonlySet<string>;
  select: (id: string) => void;
  /** The instruction stands elsewhere, as the first message of a conversation. */
  isTalk?: boolean;
}

/** The sections above the log. Most start folded to one line, so that the log begins high in the pane. */
export const PaneSections = memo(function PaneSections({
  task,
  tasks,
  detail,
  files,
  asked,
  select,
  isTalk = false,
}: PaneSectionsProps) {
  const over = isEnded(task.status);
  return (
    <>
      {isTalk ? null : (
        <Section name="instruction" title="Instruction" summary={firstLine(detail.instruction)}>
          <Markdown text={detail.instruction} />
        </Section>
      )}
      {!over && detail.verdict ? <Claims verdict={detail.verdict} tries={detail.tries} startsOpen={false} /> : null}
      <FilesChanged files={files} />
      <Subtasks task={task} tasks={tasks} asked={asked} select={select} />
      <Spend task={task} tasks={tasks} />
      <Forks task={task} isHead={headTaskOf(tasks.values()).head?.id === task.id} />
      <Interventions task={task} />
    </>
  );
});

function firstLine(text: string): string {
  return text.trimStart().split("\n", 1)[0] ?? "";
}

"use client";

import { isEnded, type Task } from "@/agents/core/shapes";
import { Markdown } from "@/components/text/markdown";
import { headTaskOf } from "@/components/trees/outline";
import { Claims } from "./claims";
import { FilesChanged } from "./files-changed";
import { Forks } from "./forks";
import { Interventions } from "./interventions";
import { Section } from "./section";
import { Spend } from "./spend";
import { Subtasks } from "./subtasks";

interface PaneSectionsProps {
  task: Task;
  tasks: ReadonlyMap<string, Task>;
  /** With its long texts, as soon as they are read. */
  detail: Task;
  asked: ReadonlySet<string>;
  select: (id: string) => void;
}

/** What belongs to the task beside its log, each on one line until somebody wants it: the log begins high in the pane. */
export function PaneSections({ task, tasks, detail, asked, select }: PaneSectionsProps) {
  const over = isEnded(task.status);
  return (
    <>
      <Section name="instruction" title="Instruction" summary={firstLine(detail.instruction)}>
        <Markdown text={detail.instruction} />
      </Section>
      {over && detail.result ? (
        <Section name="result" title="Result" summary={firstLine(detail.result)} startsOpen>
          <Markdown text={detail.result} />
        </Section>
      ) : null}
      {detail.verdict ? <Claims verdict={detail.verdict} attempt={detail.attempt} startsOpen={over} /> : null}
      <FilesChanged task={task} />
      <Subtasks task={task} tasks={tasks} asked={asked} select={select} />
      <Spend task={task} tasks={tasks} />
      <Forks task={task} isHead={headTaskOf(tasks.values()).head?.id === task.id} />
      <Interventions task={task} />
    </>
  );
}

function firstLine(text: string): string {
  return text.trimStart().split("\n", 1)[0] ?? "";
}

"use client";

import type { ComponentProps, ComponentType, ReactNode } from "react";
import type { ViewName } from "@/components/trees/tree-address";
import { useNarrow } from "@/components/ui/hooks/use-narrow";
import { lazily } from "@/components/ui/page/lazily";
import { Say } from "@/components/ui/parts";
import type { Task } from "@/core/shapes/shapes";
import { TreeTools } from "./head/tree-tools";
import { ViewSwitch } from "./head/view-switch";
import { Outline } from "./outline/outline";
import { Pane } from "./pane/pane";
import type { PaneProps } from "./pane/use-pane";
import { Split } from "./split";
import { laterView } from "./view/later-view";
import { OWN_ROWS } from "./view/own-rows";
import type { TreeViewContent } from "./view/view-content";

const Goal = laterView(() => import("./goal/goal").then((file) => file.Goal));
const Graph = laterView(() => import("./graph/graph").then((file) => file.Graph));
const Timeline = laterView(() => import("./timeline/timeline").then((file) => file.Timeline));

const FilesView = laterView(() => import("./files/files-view").then((file) => file.FilesView));

/** Only on a phone. */
const NeedCards = lazily(() => import("./outline/need-cards").then((file) => file.NeedCards));

const VIEWS: Record<ViewName, ComponentType<TreeViewContent>> = {
  goal: Goal,
  outline: Outline,
  graph: Graph,
  timeline: Timeline,
  files: FilesView,
};

interface TaskSplitProps extends Omit<PaneProps, "task"> {
  view: ViewName;
  content: TreeViewContent;
  tools: ComponentProps<typeof TreeTools>;
  task: Task | null;
  isTaskShown: boolean;
  /** On a phone, shows the task instead of the list. */
  isTaskInFront: boolean;
  /** The width of the list in percent. */
  share: number;
}

/** A view of the tasks with its tools, and the open task beside it. */
export function TaskSplit({ view, content, tools, task, isTaskShown, isTaskInFront, share, ...pane }: TaskSplitProps) {
  const isNarrow = useNarrow();
  return (
    <>
      {isNarrow && !isTaskInFront ? <NeedCards feed={pane.feed} select={pane.select} /> : null}
      <Split
        list={
          <TreeList view={view} content={content}>
            {OWN_ROWS[view] ? (
              <div className="flex justify-end border-b border-line px-4 py-2 low:py-0.5">
                <ViewSwitch {...tools.views} />
              </div>
            ) : (
              <TreeTools {...tools} />
            )}
          </TreeList>
        }
        task={isTaskShown ? <OpenTask task={task} {...pane} /> : null}
        isTaskInFront={isTaskInFront}
        share={share}
      />
    </>
  );
}

/** The view with what stands above it. */
function TreeList({ view, content, children }: { view: ViewName; content: TreeViewContent; children: ReactNode }) {
  const View = VIEWS[view];
  return (
    <section
      className="flex min-h-0 min-w-0 flex-1 flex-col items-stretch gap-0"
      aria-label={OWN_ROWS[view] ?? "Tasks"}
    >
      {children}
      <View {...content} />
    </section>
  );
}

function OpenTask({ task, ...rest }: Omit<ComponentProps<typeof Pane>, "task"> & { task: Task | null }) {
  return task ? <Pane key={task.id} task={task} {...rest} /> : <NoTask problem={rest.problem} />;
}

function NoTask({ problem }: { problem: string | null }) {
  return (
    <section className="min-h-0 min-w-0 flex-1" aria-label="Task">
      <div className="px-4 pt-3 pb-4">
        <Say>{problem ?? "No task yet. The first task appears here as soon as it is stored."}</Say>
      </div>
    </section>
  );
}

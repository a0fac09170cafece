"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { idleStretches, timeScale } from "@/components/trees/time-scale";
import { spanOf } from "@/components/trees/timeline";
import { Button, Say } from "@/components/ui/parts";
import { ScrollArea } from "@/components/ui/scroll-area";
import { useNow } from "@/components/ui/time";
import type { Timeline as TimelineFigures, TimelineTask } from "@/core/shapes/tree-views";
import { NoRows } from "../outline/outline";
import { Foot } from "../view/foot";
import { useAnchoredRows } from "../view/use-anchored-rows";
import { useOpenRow } from "../view/use-open-row";
import type { TreeViewContent } from "../view/view-content";
import { ViewSkeleton } from "../view/view-skeleton";
import { ZoomControls } from "../view/zoom-controls";
import { PointBar } from "./point-bar";
import { TimelineHead } from "./timeline-head";
import { TimelineLegend, TimelineTotals } from "./timeline-legend";
import { TimelineRow } from "./timeline-row";
import { useTimeline } from "./use-timeline";
import { useTreePoint } from "./use-tree-point";

const ROW_HEIGHT = 24;
const HEAD_HEIGHT = 76;

/** Shows when each task ran, how many ran at once, and where time and money went. */
export const Timeline = memo(function Timeline(content: TreeViewContent) {
  const { timeline, problem, retry } = useTimeline(content.treeId, content.cursor);
  if (content.rows.length === 0) return <NoRows outline={content.outline} setOutline={content.setOutline} />;
  return (
    <>
      <TimelineLegend timeline={timeline} tasks={content.tasks} />
      {problem ? (
        <div className="p-4">
          <Say look="bad">
            {timeline ? "This timeline is out of date" : "The timeline could not be loaded"}: {problem}{" "}
            <Button onClick={retry}>Retry</Button>
          </Say>
        </div>
      ) : null}
      {timeline ? <Chart content={content} timeline={timeline} /> : problem ? null : <ViewSkeleton />}
    </>
  );
});

function Chart({ content, timeline }: { content: TreeViewContent; timeline: TimelineFigures }) {
  const { rows, tasks, openId, select, toggle } = content;
  const scroller = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useZoom(scroller);
  const nowMs = useNow() || Date.parse(timeline.at);
  const { span, scale, isIdle, isFolding, setFolding } = useScale(timeline, tasks, nowMs);
  const choice = useTreePoint(content.treeId, tasks, timeline.from);
  const { point } = choice;
  const byId = useMemo(() => new Map(timeline.tasks.map((task) => [task.id, task])), [timeline]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]!.task.id,
    overscan: 16,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
  });
  useAnchoredRows({ scroller, rows, rowHeight: ROW_HEIGHT, openId, offset: HEAD_HEIGHT });

  const openIndex = useOpenRow(rows, openId, virtualizer);

  return (
    <>
      <ScrollArea className="relative" ref={scroller}>
        <div
          className="relative w-[calc(100%*var(--zoom))] min-w-190 phone:min-w-195"
          style={{ "--zoom": zoom } as React.CSSProperties}
        >
          <TimelineHead timeline={timeline} span={span} scale={scale} nowMs={nowMs} zoom={zoom} choice={choice} />
          {/* The head stays outside of the `tree` element, which may hold only rows. */}
          <div
            className="relative focus-visible:-outline-offset-2"
            style={{ height: virtualizer.getTotalSize() }}
            role="tree"
            aria-label="Timeline of the tasks"
            tabIndex={0}
            aria-activedescendant={openIndex >= 0 ? `row-${openId}` : undefined}
          >
            {virtualizer.getVirtualItems().map((item) => {
              const row = rows[item.index];
              return row ? (
                <TimelineRow
                  key={item.key}
                  task={row.task}
                  status={row.status}
                  level={row.level}
                  expanded={row.expanded}
                  top={item.start - HEAD_HEIGHT}
                  figures={byId.get(row.task.id) ?? NOTHING_YET}
                  fromMs={Date.parse(timeline.from)}
                  scale={scale}
                  pointMs={point?.ms ?? null}
                  // A constant time, so that the rows of ended tasks do not render each second.
                  nowMs={row.task.ended_at ? 0 : nowMs}
                  selected={row.task.id === openId}
                  select={select}
                  toggle={toggle}
                />
              ) : null;
            })}
          </div>
        </div>
      </ScrollArea>
      {point ? (
        <PointBar
          point={point}
          timeline={timeline}
          tasks={tasks}
          canRun={content.canRun}
          toNow={() => choice.choose(choice.points.length)}
        />
      ) : null}
      {choice.problem ? <Say look="bad">The turns could not be loaded: {choice.problem}</Say> : null}
      <Foot className="items-center phone:flex-wrap phone:gap-y-1 phone:whitespace-normal">
        <ZoomControls fit={() => setZoom(1)} zoomBy={(factor) => setZoom(zoom * factor)} />
        {isIdle ? <IdleButton isFolding={isFolding} setFolding={setFolding} /> : null}
        <TimelineTotals timeline={timeline} nowMs={nowMs} />
      </Foot>
    </>
  );
}

/** Returns the scale of the width, and whether stretches in which no task ran are folded in it. */
function useScale(timeline: TimelineFigures, tasks: TreeViewContent["tasks"], nowMs: number) {
  const [isFolding, setFolding] = useState(false);
  const span = useMemo(() => spanOf(timeline, tasks, nowMs), [timeline, tasks, nowMs]);
  const idle = useMemo(() => idleStretches(timeline, nowMs), [timeline, nowMs]);
  const scale = useMemo(() => timeScale(span, isFolding ? idle : []), [span, idle, isFolding]);
  return { span, scale, isIdle: idle.length > 0, isFolding, setFolding };
}

interface IdleButtonProps {
  isFolding: boolean;
  setFolding: (isFolding: boolean) => void;
}

function IdleButton({ isFolding, setFolding }: IdleButtonProps) {
  const label = isFolding ? "Show idle time" : "Fold idle time";
  return (
    <Button data-command={label} title="Idle: no task runs" onClick={() => setFolding(!isFolding)}>
      {label}
    </Button>
  );
}

/** The figures of a task that started after the last read. */
const NOTHING_YET: TimelineTask = { id: "", stretches: [], ends: [], cost_usd: 0, tokens: 0 };

const MAX_ZOOM = 64;

/** Returns the zoom and its setter, which keeps the middle of the view in place. */
function useZoom(scroller: React.RefObject<HTMLDivElement | null>) {
  const [{ zoom, middle }, setState] = useState<{ zoom: number; middle: number | null }>({ zoom: 1, middle: null });
  const change = (to: number) => {
    const element = scroller.current;
    const middle = element && (element.scrollLeft + element.clientWidth / 2) / element.scrollWidth;
    setState({ zoom: Math.min(MAX_ZOOM, Math.max(1, to)), middle });
  };
  // An effect, because the new width must be in the page first.
  useEffect(() => {
    const element = scroller.current;
    if (element && middle !== null) element.scrollLeft = middle * element.scrollWidth - element.clientWidth / 2;
  }, [middle, scroller]);
  return [zoom, change] as const;
}

"use client";

import { type Edge, MarkerType, ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { memo, useEffect, useMemo, useRef } from "react";
import { type Box, graphOf, type TreeGraph } from "@/components/trees/graph";
import { Say } from "@/components/ui/parts";
import { rowText } from "@/core/words/tasks";
import { NoRows } from "../outline/outline";
import type { TreeViewContent } from "../view/view-content";
import { ViewSkeleton } from "../view/view-skeleton";
import { ZoomControls } from "../view/zoom-controls";
import { type BoxNode, GraphBox } from "./graph-box";
import { BOX, type Placed } from "./graph-layout";
import { CrowdedNote, GraphLegend } from "./graph-legend";
import { AfterLine } from "./graph-line";
import { useGraphMoves } from "./use-graph-moves";
import { useLayout } from "./use-layout";

const NODE_TYPES = { box: GraphBox };
const EDGE_TYPES = { after: AfterLine };
/** Above this many boxes, only the visible ones are rendered. */
const MANY_BOXES = 120;

/** Shows the tree as a graph from left to right, with ended tasks stacked. */
export const Graph = memo(function Graph(content: TreeViewContent) {
  return (
    <ReactFlowProvider>
      <Canvas {...content} />
    </ReactFlowProvider>
  );
});

function Canvas(content: TreeViewContent) {
  const { tasks, asked, openId, outline, found } = content;
  const graph = useGraph(content);
  const { places, isReady, problem } = useLayout(graph.boxes);
  const moves = useGraphMoves({ boxes: graph.boxes, places, content });
  const { focusId } = moves;
  const nodes = useMemo(
    () =>
      graph.boxes.flatMap((box): BoxNode[] => {
        const position = places.get(box.id);
        if (!position) return [];
        const excerpt = found.get(box.id)?.excerpt;
        const text = box.kind === "task" ? excerpt || rowText(box.task, tasks, asked) : "";
        const data = { box, text, selected: box.id === openId, inTabOrder: box.id === focusId };
        return [{ id: box.id, type: "box", position, data, ...BOX, measured: BOX }];
      }),
    [graph.boxes, places, found, tasks, asked, openId, focusId],
  );
  const edges = useMemo(() => edgesOf(graph, places), [graph, places]);
  if (graph.boxes.length === 0) return <NoRows outline={outline} setOutline={content.setOutline} />;
  return (
    <>
      <GraphLegend graph={graph} />
      {graph.isCrowded ? <CrowdedNote tasks={tasks.size} /> : null}
      <div className="relative min-h-0 flex-1 bg-sunk" ref={moves.canvas}>
        <div className="absolute inset-x-0 top-0 z-2">
          {problem ? <Say look="bad">{problem}</Say> : null}
          {isReady ? null : <ViewSkeleton />}
        </div>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          onlyRenderVisibleElements={nodes.length > MANY_BOXES}
          minZoom={0.1}
          maxZoom={1.5}
          panOnScroll
          zoomOnDoubleClick={false}
          proOptions={{ hideAttribution: true }}
          aria-label="Graph of the tasks"
          // The boxes are buttons whose events bubble up to here.
          onClick={moves.onClick}
          onKeyDown={moves.onKeyDown}
          onFocus={moves.onFocus}
        />
        <ZoomControls className="absolute bottom-4 left-4 z-5" fit={moves.fit} zoomBy={moves.zoomBy} />
      </div>
    </>
  );
}

/** Returns the boxes and lines. A task that once had its own box keeps it, so nothing jumps into a stack. */
function useGraph({ tasks, asked, outline, found }: TreeViewContent): TreeGraph {
  const seen = useRef({ alone: new Set<string>(), kept: new Set<string>() });
  const graph = useMemo(
    () => graphOf(tasks, asked, outline, { ...seen.current, found: new Set(found.keys()) }),
    [tasks, asked, outline, found],
  );
  useEffect(() => {
    for (const box of graph.boxes) {
      if (box.kind !== "task") continue;
      if (!isStackable(box)) seen.current.alone.add(box.id);
      if (box.expanded) seen.current.kept.add(box.id);
    }
  }, [graph]);
  return graph;
}

const isStackable = ({ status }: Extract<Box, { kind: "task" }>) => status === "succeeded" || status === "stopped";

function edgesOf({ boxes, after }: TreeGraph, places: ReadonlyMap<string, Placed>): Edge[] {
  const tree = boxes.flatMap(({ id, parent }): Edge[] =>
    parent && places.has(id) ? [{ id: `${parent}>${id}`, source: parent, target: id, type: "default" }] : [],
  );
  const lines = after.flatMap(({ from, to }, lane): Edge[] => {
    const place = places.get(from);
    if (!place || !places.has(to)) return [];
    const markerEnd = { type: MarkerType.Arrow, width: 14, height: 14 };
    const data = { fromX: place.x, fromY: place.y, lane };
    return [{ id: `${from}~${to}`, source: from, target: to, type: "after", markerEnd, data }];
  });
  return [...tree, ...lines];
}

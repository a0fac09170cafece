import type { ELK, ElkNode } from "elkjs/lib/elk-api";
import ElkApi from "elkjs/lib/elk-api";

export const BOX = { width: 208, height: 40 };
const GAP = { across: 44, down: 6 };

export interface Placed {
  x: number;
  y: number;
}

let elk: ELK | null = null;

/** In a worker: a large graph takes long to lay out, and the page goes on meanwhile. */
function layouter(): ELK {
  elk ??= new ElkApi({
    workerFactory: () => new Worker(new URL("elkjs/lib/elk-worker.min.js", import.meta.url)),
  });
  return elk;
}

/** From left to right, siblings below each other in their order. */
export async function layOut(boxes: { id: string; parent: string | null }[]): Promise<Map<string, Placed>> {
  const root: ElkNode = {
    id: "graph",
    layoutOptions: {
      "elk.algorithm": "mrtree",
      "elk.direction": "RIGHT",
      "elk.mrtree.weighting": "MODEL_ORDER",
      "elk.spacing.nodeNode": String(GAP.down),
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    // The one spacing that the layout knows holds in both directions, so the gap between columns is part of the boxes.
    children: boxes.map(({ id }) => ({ id, width: BOX.width + GAP.across, height: BOX.height })),
    edges: boxes.flatMap(({ id, parent }) =>
      parent ? [{ id: `${parent}>${id}`, sources: [parent], targets: [id] }] : [],
    ),
  };
  const { children = [] } = await layouter().layout(root);
  return new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
}

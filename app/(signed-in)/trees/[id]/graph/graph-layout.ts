import type { ELK, ElkNode } from "elkjs/lib/elk-api";
import ElkApi from "elkjs/lib/elk-api";

export const BOX = { width: 208, height: 40 };
const GAP = { across: 44, down: 6 };

export interface Placed {
  x: number;
  y: number;
}

let elk: ELK | null = null;

/** Returns the layout engine. It runs in a web worker because a large graph would block the page. */
function layouter(): ELK {
  elk ??= new ElkApi({
    workerFactory: () => new Worker(new URL("elkjs/lib/elk-worker.min.js", import.meta.url)),
  });
  return elk;
}

/** Returns the place of each box: levels from left to right, siblings from top to bottom in their order. */
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
    // ELK uses one spacing for both directions, so each box includes the gap to the next column.
    children: boxes.map(({ id }) => ({ id, width: BOX.width + GAP.across, height: BOX.height })),
    edges: boxes.flatMap(({ id, parent }) =>
      parent ? [{ id: `${parent}>${id}`, sources: [parent], targets: [id] }] : [],
    ),
  };
  const { children = [] } = await layouter().layout(root);
  return new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
}

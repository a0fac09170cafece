import { chain50Rows, chain400Rows } from "./chain";
import { forkRows, supervisorRows } from "./control";
import { environmentRows } from "./environments";
import { floorRows } from "./floor";
import { goalRows } from "./goals";
import { insightRows } from "./insights";
import { latencyRows } from "./latency";
import { memoryRows } from "./memory";
import { memoryScaleRows } from "./memory-scale";
import { recoveryRows } from "./recovery";
import { releaseRows } from "./releases";
import type { Row } from "./rows/row";
import { runnerCallRows } from "./runner-calls";
import { packRows } from "./runner-packs";
import { presenceRows } from "./runner-presence";
import { runnerSlotRows } from "./runner-slots";
import { sleeperRows } from "./sleepers";
import { toolsRows } from "./tools";
import { tracingRows } from "./tracing";
import { judgedTreeRows, largeTreeNormalRows, largeTreeRows, smallTreeNormalRows, smallTreeRows } from "./tree";
import { treesCommandRows } from "./trees-command";

interface WorkloadOptions {
  /** A smaller run, of the workloads that have one. */
  quick: boolean;
}

/** These take long, and run only when they are named. */
export const ONLY_NAMED: ReadonlySet<string> = new Set(["memory", "memory-core", "memory-scale", "insights"]);

export const WORKLOADS: Record<string, (options: WorkloadOptions) => Row[] | Promise<Row[]>> = {
  floor: floorRows,
  chain50: chain50Rows,
  chain400: chain400Rows,
  tree111: smallTreeRows,
  "tree111-normal": smallTreeNormalRows,
  "tree111-judged": judgedTreeRows,
  tree10000: largeTreeRows,
  "tree10000-normal": largeTreeNormalRows,
  sleepers: sleeperRows,
  environments: environmentRows,
  fork: forkRows,
  supervisor: supervisorRows,
  goals: goalRows,
  memory: (options) => memoryRows({ ...options, isCore: false }),
  "memory-core": (options) => memoryRows({ ...options, isCore: true }),
  "memory-scale": memoryScaleRows,
  insights: insightRows,
  tools: toolsRows,
  recovery: recoveryRows,
  releases: releaseRows,
  latency: latencyRows,
  "runner-calls": runnerCallRows,
  "runner-slots": runnerSlotRows,
  "runner-presence": presenceRows,
  "runner-packs": packRows,
  // Loaded lazily, because the browser's driver needs more memory than the measured code.
  browser: async () => (await import("./browser")).browserRows(),
  pages: async () => (await import("./pages")).pagesRows(),
  web: async () => (await import("./web")).webRows(),
  trees: treesCommandRows,
  tracing: tracingRows,
};

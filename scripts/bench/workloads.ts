import { chain50Rows, chain400Rows } from "./chain";
import { floorRows } from "./floor";
import type { Row } from "./row";
import { judgedTreeRows, largeTreeNormalRows, largeTreeRows, smallTreeNormalRows, smallTreeRows } from "./tree";

export const WORKLOADS: Record<string, () => Row[] | Promise<Row[]>> = {
  floor: floorRows,
  chain50: chain50Rows,
  chain400: chain400Rows,
  tree111: smallTreeRows,
  "tree111-normal": smallTreeNormalRows,
  "tree111-judged": judgedTreeRows,
  tree10000: largeTreeRows,
  "tree10000-normal": largeTreeNormalRows,
};

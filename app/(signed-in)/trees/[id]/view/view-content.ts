import type { OutlineRow, OutlineView } from "@/components/feed/outline";
import type { Task } from "@/core/shapes/shapes";
import type { FoundInTree } from "@/core/shapes/tree-views";
import type { SelectTask, SetOutline } from "./use-tree-address";

/** What outline, graph and timeline are given: the same tasks, the same filters, the same selection. */
export interface TreeViewContent {
  treeId: string;
  /** Of the last message that the page has seen. */
  cursor: string;
  rows: OutlineRow[];
  tasks: ReadonlyMap<string, Task>;
  /** Reviews before a person. */
  asked: ReadonlySet<string>;
  openId: string | null;
  outline: OutlineView;
  setOutline: SetOutline;
  select: SelectTask;
  toggle: (id: string, expanded: boolean) => void;
  /** By task, where the server found the words that are looked for. */
  found: ReadonlyMap<string, FoundInTree>;
}

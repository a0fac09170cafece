import type { OutlineRow, OutlineView } from "@/components/feed/outline";
import type { OpenFile, ShownFiles } from "@/components/trees/tree-address";
import type { Review, Task } from "@/core/shapes/shapes";
import type { FoundInTree } from "@/core/shapes/tree-views";
import type { SelectTask, SetOutline } from "./use-tree-address";

/** The props that outline, graph and timeline share: the same tasks, filters and selection. */
export interface TreeViewContent {
  treeId: string;
  /** Cursor of the last message that the page has received. */
  cursor: string;
  rows: OutlineRow[];
  tasks: ReadonlyMap<string, Task>;
  /** Reviews that wait for a person. */
  asked: ReadonlySet<string>;
  /** The open reviews of the tree. */
  reviews: readonly Review[];
  openId: string | null;
  outline: OutlineView;
  setOutline: SetOutline;
  select: SelectTask;
  toggle: (id: string, expanded: boolean) => void;
  /** The tree's folder on the server. */
  workspace: string;
  files: ShownFiles;
  openFile: OpenFile;
  /** Whether the person may pause, stop and retry. */
  canRun: boolean;
  /** The server's search matches, by task id. */
  found: ReadonlyMap<string, FoundInTree>;
}

/** The queries about the files of a tree. */
import { type FileQueries, type Queries, UserError } from "@/agents/application";
import { openArchive, openFile } from "./archive";
import { changedCopies, planBeside } from "./beside";
import { leftOutBetween } from "./left-out";
import { listFiles } from "./listing";
import { askedLater, type FileSources, type Moment, momentOf } from "./moment";
import { patchOf, requireTaskOf, spanOf } from "./patch";
import { previewFile } from "./preview";
import { copiesOf, personsFolder, placeOf, planFor } from "./target";
import { taskFiles } from "./task-files";
import { createChanges, listedChanges } from "./tree-changes";

interface FileContext {
  sources: FileSources;
  queries: Pick<Queries, "getTree">;
  /** Each returns the full id for a unique prefix, or throws UserError. */
  ids: { tree(prefix: string): string; task(prefix: string): string };
}

export function createFileQueries(context: FileContext): FileQueries {
  const { sources, ids } = context;
  const changesOf = createChanges(sources);
  const at = (tree: string, moment: string | undefined) => momentOf(sources, ids.tree(tree), moment);
  return {
    getTaskFiles: async (task, part) =>
      taskFiles({ ...sources, files: sources.store.queries.files }, ids.task(task), part),
    async listFiles(tree, { at: wanted, ...options } = {}) {
      const moment = at(tree, wanted);
      return listFiles(sources, moment, await changesOf(moment), options);
    },
    async listChanges(tree, { at: wanted, task } = {}) {
      if (wanted !== undefined && task !== undefined)
        throw new UserError("invalid", "Give a moment or a task: a task's changes end with its own last snapshot.");
      return listedChanges(await changesOf(task === undefined ? at(tree, wanted) : workOf(context, tree, task)));
    },
    listSnapshots: async (tree) => snapshotsOf(sources, ids.tree(tree)),
    async previewFile(tree, path, options = {}) {
      const moment = at(tree, options.at);
      return previewFile(sources, moment, await changesOf(moment), path);
    },
    openFile: async (tree, path, options = {}) => openFile(sources, at(tree, options.at), path),
    async openArchive(tree, { at: wanted, task, changedOnly } = {}) {
      const moment = task === undefined ? at(tree, wanted) : afterTask(context, tree, task);
      const { title } = await context.queries.getTree(tree, { tasks: "none" });
      const only = changedOnly || task !== undefined;
      return openArchive(sources, moment, await changesOf(moment), { changedOnly: only, title });
    },
    async openPatch(tree, options = {}) {
      const { title } = await context.queries.getTree(tree, { tasks: "none" });
      return patchOf(sources, spanOf(sources, ids.tree(tree), taskIn(context, tree, options.task)), title);
    },
    getPlace: async (tree) => placeOf(sources, context.queries, ids.tree(tree)),
    planApply: (tree, options = {}) => planApply(context, tree, options.task),
  };
}

function snapshotsOf({ store }: FileSources, treeUid: string): Awaited<ReturnType<FileQueries["listSnapshots"]>> {
  const { snapshots } = store.queries.files.historyOf(treeUid);
  // A merge has two snapshots with one message number, and `at` means the second of them.
  const bySeq = new Map(snapshots.map((snapshot) => [snapshot.seq, snapshot]));
  return [...bySeq.values()].reverse().map(({ seq, taskUid, turn, atMs, changed, folder }) => ({
    seq,
    task_id: taskUid,
    turn,
    changed,
    folder,
    created_at: new Date(atMs).toISOString(),
  }));
}

/** Returns the files as a task left them, compared with the files before it. */
function afterTask(context: FileContext, tree: string, task: string): Moment {
  const treeUid = context.ids.tree(tree);
  const { from, to } = spanOf(context.sources, treeUid, taskIn(context, tree, task));
  return { treeUid, live: null, commit: to, start: from, history: [] };
}

/** Returns a task's files as it left them, with the snapshots between, which say which of its subtasks changed what. */
function workOf(context: FileContext, tree: string, task: string): Moment {
  const { files } = context.sources.store.queries;
  const treeUid = context.ids.tree(tree);
  const uid = taskIn(context, tree, task) ?? task;
  const span = files.spanOf(uid);
  if (span === null) return { treeUid, live: null, commit: null, start: null, history: [] };
  const place = files.folderOf(uid);
  const owner = place === "none" ? null : place.owner;
  const ofFolder = files.historyOf(treeUid).snapshots.filter(({ folder, seq }) => folder === owner && seq <= span.at);
  const history = ofFolder.slice(ofFolder.findIndex(({ commit }) => commit === span.from) + 1);
  return { treeUid, live: null, commit: span.to, start: span.from, history };
}

/** Returns the full id of a task of the tree. Throws UserError for a task of another tree. */
function taskIn({ sources, ids }: FileContext, tree: string, task: string | undefined): string | undefined {
  if (task === undefined) return undefined;
  const uid = ids.task(task);
  requireTaskOf(sources, ids.tree(tree), uid);
  return uid;
}

async function planApply(context: FileContext, tree: string, task: string | undefined) {
  const { sources, queries, ids } = context;
  const treeUid = ids.tree(tree);
  const { title } = await queries.getTree(treeUid, { tasks: "none" });
  const copies = await copiesOf(sources, queries, treeUid);
  if (copies.length > 0) {
    const changed = await orNone(() =>
      changedCopies(sources, copies, spanOf(sources, treeUid, taskIn(context, tree, task))),
    );
    return planBeside(sources, changed ?? [], { title, id: task ?? treeUid });
  }
  const folder = await personsFolder(sources, queries, treeUid);
  const files = await changedCount(context, tree, task);
  return planFor(sources, { folder, files, title, id: task ?? treeUid });
}

async function changedCount(context: FileContext, tree: string, task: string | undefined): Promise<number> {
  const { sources, ids } = context;
  const count = await orNone(async () => {
    const { from, to } = spanOf(sources, ids.tree(tree), taskIn(context, tree, task));
    const changes = await askedLater(sources.snapshots.changes(from, to));
    const leftOut = await askedLater(leftOutBetween(sources.snapshots, from, to));
    return changes.filter(({ path }) => !leftOut.has(path)).length;
  });
  return count ?? 0;
}

/** Resolves with null when nothing changed. */
async function orNone<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError && error.kind === "not_found") return null;
    throw error;
  }
}

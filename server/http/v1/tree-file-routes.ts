/** Routes of a tree's files. `server/downloads/tree-files.ts` sends their bytes. */
import { named, pageOf, type Query, required } from "./query";
import { lists, reads } from "./routes";

export const treeFileRoutes = {
  "GET trees/:id/files": reads(
    (app, { id, query }) =>
      app.queries.listFiles(id, {
        ...pageOf(query),
        at: named(query, "at"),
        folder: query.get("folder") ?? undefined,
      }),
    ...(["after", "limit", "at", "folder"] as const),
  ),
  "GET trees/:id/changes": reads(
    (app, { id, query }) => app.queries.listChanges(id, { at: named(query, "at"), task: named(query, "task") }),
    ...(["at", "task"] as const),
  ),
  "GET trees/:id/snapshots": lists((app, { id }) => app.queries.listSnapshots(id)),
  "GET trees/:id/preview": reads(
    (app, { id, query }) => app.queries.previewFile(id, pathIn(query), { at: named(query, "at") }),
    ...(["file", "at"] as const),
  ),
  "GET trees/:id/apply": reads(
    (app, { id, query }) => app.queries.planApply(id, { task: named(query, "task") }),
    "task",
  ),
};

/** Returns the path as it was sent: a name may begin or end with a space. */
function pathIn(query: Query<"file">): string {
  required(query, "file", "the path of a file");
  return query.get("file") ?? "";
}

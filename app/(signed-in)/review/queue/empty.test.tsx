import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { TaskStatus } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { ReviewEmpty } from "./empty";

test.each<[TaskStatus[], boolean, string]>([
  [[], false, "Nothing to decide. Nothing runs."],
  [["waiting", "paused", "succeeded"], false, "Nothing to decide. Nothing runs."],
  [["running", "parked", "ready", "paused"], false, "Nothing to decide. 3 trees run."],
  [["running"], true, "Nothing to decide. 1 tree or more run."],
])("an empty queue with trees %j (more: %s) says: %s", (statuses, isCut, says) => {
  const trees = statuses.map((status) => ({ id: status, title: status, status, headline: "" }) as Tree);
  const byId = new Map(trees.map((tree) => [tree.id, tree]));
  const empty = renderToStaticMarkup(
    <ReviewEmpty kind="all" total={0} trees={byId} isCut={isCut} showAll={() => {}} />,
  );
  expect(empty.slice(0, empty.indexOf("</p>")).replace(/<[^>]*>/g, "")).toBe(says);
});

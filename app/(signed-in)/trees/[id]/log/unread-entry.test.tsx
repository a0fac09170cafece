import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { EMPTY_WINDOW } from "@/components/feed/log-window";
import { startFeed, type TreeFeed } from "@/components/feed/tree-feed";
import type { Task, Tree } from "@/core/shapes/shapes";
import { Log } from "./log";
import type { LogView } from "./use-log-view";

vi.mock("@/app/operate", () => ({}));

const said = { by: "Anna", text: "Use integer cents only.", sent_at: "2026-11-30T16:44:00.000Z" };
const task = { id: "a", agent: "coder", status: "paused", unread_messages: [said] } as Task;
const loaded = { ...startFeed({ id: "t", tasks: [task] } as unknown as Tree, [], "", "a"), logLoaded: true };
const view = { entries: [], draft: null, place: {}, problem: null } as unknown as LogView;

const logOf = (shown: Task, feed: TreeFeed): string =>
  renderToStaticMarkup(
    <Log task={shown} feed={feed} view={view} pages={{} as never} problem={null} select={() => {}} fold={null} />,
  );

test("a message that the task has not read stands at the end of its log, with its sender", () => {
  const shown = logOf(task, loaded);
  expect(shown).toContain("Anna");
  expect(shown).toContain("not read yet");
  expect(shown).toContain("Use integer cents only.");
  expect(logOf({ ...task, unread_messages: [] }, loaded)).not.toContain("not read yet");
});

test("an earlier part of the log, or one that loads, does not show what comes after its end", () => {
  expect(logOf(task, { ...loaded, hasLater: true })).not.toContain("not read yet");
  expect(logOf(task, { ...loaded, ...EMPTY_WINDOW })).not.toContain("not read yet");
});

import { expect, test } from "vitest";
import { createNotifier } from "./notifier";

const item = (id: string) => ({ id, kind: "question" as const, title: `Item ${id}` });

test("each new item is shown once, opens by a click, and closes when it is settled elsewhere", () => {
  const log: string[] = [];
  let isSeen = false;
  const clicks = new Map<string, () => void>();
  const notifier = createNotifier({
    show: ({ id }, open) => {
      log.push(`show ${id}`);
      clicks.set(id, open);
      return { close: () => log.push(`close ${id}`) };
    },
    open: ({ id }) => log.push(`open ${id}`),
    isSeen: () => isSeen,
  });
  notifier.take([item("old")]);
  notifier.take([item("old"), item("a")]);
  notifier.take([item("old"), item("a"), item("b")]);
  clicks.get("b")?.();
  notifier.take([item("b")]);
  isSeen = true;
  notifier.take([item("b"), item("c")]);
  isSeen = false;
  notifier.take([item("b"), item("c")]);
  notifier.close();
  expect(log).toEqual(["show a", "show b", "open b", "close a", "close b"]);
});

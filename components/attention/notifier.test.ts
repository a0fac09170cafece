import { expect, test } from "vitest";
import { createNotifier } from "./notifier";

const item = (id: string) => ({ id, kind: "question" as const, act: `Item ${id}` });

test("each new item is shown once, and closes when it is settled elsewhere", () => {
  const log: string[] = [];
  let isSeen = false;
  const notifier = createNotifier({
    show: ({ id }) => {
      log.push(`show ${id}`);
      return { close: () => log.push(`close ${id}`) };
    },
    tidy: (open) => log.push(`keep ${[...open].join(" ")}`),
    isSeen: () => isSeen,
    kept: { read: () => null, write: () => {} },
  });
  notifier.take([item("old")]);
  notifier.take([item("old"), item("a")]);
  notifier.take([item("old"), item("a"), item("b")]);
  notifier.take([item("b")]);
  isSeen = true;
  notifier.take([item("b"), item("c")]);
  isSeen = false;
  notifier.take([item("b"), item("c")]);
  notifier.close();
  expect(log).toEqual(["keep old", "show a", "show b", "close a", "close b"]);
});

test("what arrives while the page is loaded again is shown", () => {
  const shown: string[] = [];
  let ids: readonly string[] | null = null;
  const load = () =>
    createNotifier({
      show: ({ id }) => {
        shown.push(id);
        return null;
      },
      tidy: () => {},
      isSeen: () => false,
      kept: {
        read: () => ids,
        write: (known) => {
          ids = known;
        },
      },
    });
  load().take([item("old")]);
  const again = load();
  again.take([item("old"), item("new")]);
  again.take([item("old"), item("new")]);
  expect(shown).toEqual(["new"]);
});

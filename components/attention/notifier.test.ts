import { expect, test } from "vitest";
import { createNotifier, type KnownItems } from "./notifier";

const item = (id: string, minute = 0) => ({
  id,
  kind: "question" as const,
  act: `Item ${id}`,
  created_at: new Date(minute * 60_000).toISOString(),
});

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
  notifier.take([item("old")], true);
  notifier.take([item("old"), item("a")], true);
  notifier.take([item("old"), item("a"), item("b")], true);
  notifier.take([item("b")], true);
  isSeen = true;
  notifier.take([item("b"), item("c")], true);
  isSeen = false;
  notifier.take([item("b"), item("c")], true);
  notifier.close();
  expect(log).toEqual(["keep old", "show a", "show b", "close a", "close b"]);
});

test("what arrives while the page is loaded again is shown", () => {
  const shown: string[] = [];
  let known: KnownItems | null = null;
  const load = () =>
    createNotifier({
      show: ({ id }) => {
        shown.push(id);
        return null;
      },
      tidy: () => {},
      isSeen: () => false,
      kept: {
        read: () => known,
        write: (next) => {
          known = next;
        },
      },
    });
  load().take([item("old")], true);
  const again = load();
  again.take([item("old"), item("new")], true);
  again.take([item("old"), item("new")], true);
  expect(shown).toEqual(["new"]);
});

test("of more items than are read, an old one is not shown again, a new one is, and both close once they are settled", () => {
  const log: string[] = [];
  let known: KnownItems | null = null;
  const load = () =>
    createNotifier({
      show: ({ id }) => {
        log.push(`show ${id}`);
        return { close: () => log.push(`close ${id}`) };
      },
      tidy: (open) => log.push(`keep ${[...open].join(" ")}`),
      isSeen: () => false,
      kept: {
        read: () => known,
        write: (next) => {
          known = next;
        },
      },
    });
  // Two are read at a time; a, b and c wait from the start.
  const [a, b, c, d, e] = [item("a", 1), item("b", 2), item("c", 3), item("d", 4), item("e", 5)];
  const first = load();
  first.take([c, b], false);
  first.take([d, c], false);
  first.take([e, d], false);
  expect(log).toEqual(["show d", "show e"]);
  // e is settled. d, c and then b, which was never read, move up.
  first.take([d, c], false);
  expect(log.splice(0)).toEqual(["show d", "show e", "close e"]);
  first.take([c, b], false);
  expect(log.splice(0)).toEqual(["close d"]);
  const again = load();
  again.take([b, a], true);
  expect(log.splice(0)).toEqual(["keep b a"]);
  again.take([item("f", 6), b], false);
  again.take([item("g", 7), item("f", 6)], false);
  again.take([b, a], true);
  expect(log).toEqual(["show f", "show g", "close f", "close g"]);
});

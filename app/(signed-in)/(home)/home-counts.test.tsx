import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import { HomeLists } from "./home-body";
import { HomeSentence } from "./home-sentence";

const status = { today: { cost_usd: 1, tokens: 1, cap_usd: null, cap_tokens: null } } as unknown as ServerStatus;

test.each([
  [0, false, "Nothing needs you."],
  [1, false, "1 needs you."],
  [100, true, "100 or more need you."],
  // All that the page has heard of are dismissed.
  [0, true, ""],
])("%d items, and more of them: %s", (needed, isNeededCut, says) => {
  const sentence = renderToStaticMarkup(
    <HomeSentence status={status} needed={needed} isNeededCut={isNeededCut} running={0} isCut={false} />,
  );
  expect(sentence.replace(" Nothing runs. $1.00 today.", "")).toBe(says);
});

test.each([
  [false, ">1<", 0],
  [true, "newest first", 1],
])("ended trees are counted only when the page has all of them (more: %s)", (isEndedCut, says, links) => {
  const tree = { id: "t", title: "Done", status: "succeeded", created_at: "2026-01-01", ended_at: "2026-01-01" };
  const shown = { running: [], asking: [], paused: [], finished: ["t"] };
  const trees = new Map([
    [
      "t",
      {
        ...tree,
        tasks: [],
        counts: {},
        totals: { tasks: 1, cost_usd: 0, tokens_in: 0, tokens_out: 0 },
        grant: { cost_usd: null },
        headline: "",
      } as unknown as Tree,
    ],
  ]);
  const lists = renderToStaticMarkup(
    <HomeLists shown={shown} trees={trees} places={new Map()} isCut={false} isEndedCut={isEndedCut} />,
  );
  expect(lists).toContain(says);
  expect(lists.split("All ended trees")).toHaveLength(links + 1);
});

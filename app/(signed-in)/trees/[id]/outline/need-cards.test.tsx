import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { TreeFeed } from "@/components/feed/tree-feed";
import { RightsProvider } from "@/components/ui/rights";
import type { Task } from "@/core/shapes/shapes";
import { NeedCards } from "./need-cards";

const GRANT = { tokens: null, cost_usd: 0.5, tasks: null, depth: null, seconds: null };
const SPENT = { cost_usd: 0.5, tokens: 100, seconds: 1 };

/** Returns what the buttons on a failed task's card say. */
function buttonsOf(reason: Task["reason"], refusal: string | null = null): string[] {
  const ended = { status: "failed", reason, headline: "It does not work.", ended_at: "2026-01-01T10:00:00.000Z" };
  const task = { id: "a", title: "Part", role: "work", depth: 1, ...ended, grant: GRANT, spent: SPENT };
  const feed = { reviews: [], tasks: new Map([["a", task]]) } as unknown as TreeFeed;
  const markup = renderToStaticMarkup(
    <RightsProvider rights={{ run: refusal, answer: refusal, decide: refusal, configure: refusal }}>
      <NeedCards feed={feed} select={() => {}} />
    </RightsProvider>,
  );
  const texts = [...markup.matchAll(/<button[^>]*>(.*?)<\/button>/g)];
  return texts.map(([, text]) => text?.replace(/<[^>]+>/g, "") ?? "");
}

test("a failed task's card on a phone offers what helps, and the task to who may not retry it", () => {
  expect(buttonsOf("out_of_grant")).toEqual(["Part", "Retry with $0.50 more: Part"]);
  expect(buttonsOf("model_error")).toEqual(["Part", "Retry: Part"]);
  expect(buttonsOf("by_agent")).toEqual(["Part", "Retry with a message…: Part"]);
  expect(buttonsOf("no_key")).toEqual(["Part", "See what to do: Part"]);
  expect(buttonsOf("out_of_grant", "This needs an operator.")).toEqual(["Part", "Open: Part"]);
});

import { expect, expectTypeOf, test, vi } from "vitest";
import type { LogFacts } from "@/core/shapes/log";
import type { ProviderState } from "@/core/shapes/operations";
import type { DecidedReview, ReviewItem } from "@/core/shapes/review";
import type { Message, Page, Review } from "@/core/shapes/shapes";
import type { AnswerTo, ItemOf, Replaceable } from "./answer-to";
import { fetchJson } from "./fetch-json";

test("an address has the answer of its route, also with parameters, a query, or a name in place of a parameter", () => {
  expectTypeOf<AnswerTo<`tasks/${string}/log`>>().toEqualTypeOf<LogFacts>();
  expectTypeOf<AnswerTo<`trees/${string}/messages?limit=${number}`>>().toEqualTypeOf<Page<Message>>();
  expectTypeOf<AnswerTo<`reviews/${string}`>>().toEqualTypeOf<Review>();
  expectTypeOf<AnswerTo<"reviews/decided?limit=3">>().toEqualTypeOf<Page<DecidedReview>>();
  expectTypeOf<AnswerTo<`reviews/${string}/item`>>().toEqualTypeOf<ReviewItem>();
  expectTypeOf<ItemOf<"providers">>().toEqualTypeOf<ProviderState>();
});

test("an address that the API does not have, and a value that its answer cannot replace, do not compile", () => {
  expectTypeOf<AnswerTo<"reviewers">>().toBeNever();
  expectTypeOf<AnswerTo<`tasks/${string}/logs`>>().toBeNever();
  expectTypeOf<AnswerTo<`${string}/log`>>().toBeNever();
  expectTypeOf<AnswerTo<string>>().toBeNever();
  expectTypeOf<Replaceable<"providers", ProviderState[]>>().toEqualTypeOf<ProviderState[]>();
  expectTypeOf<Replaceable<"providers", Review[]>>().toBeNever();
});

test("the type of an answer follows from the path at the call", async () => {
  vi.stubGlobal("fetch", async (path: string) => Response.json({ path }));
  const answer = fetchJson(`tasks/${encodeURIComponent("a b")}/log`);
  expectTypeOf(answer).toEqualTypeOf<Promise<LogFacts>>();
  expect(await answer).toEqual({ path: "/api/v1/tasks/a%20b/log" });
  vi.unstubAllGlobals();
});

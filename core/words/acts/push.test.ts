import { expect, test } from "vitest";
import type { PushComparison } from "@/core/shapes/reviews/found";
import { pushText } from "./push";

const commitBy = (author: string) => ({ commit: "9c1e7d2", subject: "Fix it", author, at: "2026-11-26T11:40:00Z" });
const none = { commits: [], total: 0 };
const push: PushComparison = {
  url: "https://github.com/a/shop",
  host: "github.com",
  branch: "main",
  is_new: false,
  reaches: true,
  loses: none,
  gains: none,
  looked_at: "2026-11-26T12:00:00Z",
};
const losing = (authors: string[], total = authors.length) =>
  pushText({ ...push, loses: { commits: authors.map(commitBy), total } });

test("what is lost is counted, with its authors where all are known", () => {
  expect(losing(["Jonas Weber"])).toBe("1 commit by Jonas Weber is only on github.com, and would be gone from main.");
  expect(losing(["Jonas Weber", "Jonas Weber"])).toBe(
    "2 commits by Jonas Weber are only on github.com, and would be gone from main.",
  );
  expect(losing(["Jonas", "Mara"])).toContain("2 commits by Jonas and Mara are only");
  expect(losing(["Jonas", "Mara", "Ben", "Ben"])).toContain("4 commits by Jonas and 2 others are only");
  expect(losing(["Jonas"], 30)).toBe("30 commits are only on github.com, and would be gone from main.");
  expect(losing([])).toBe("main on github.com has no commit that would be lost.");
  expect(pushText({ ...push, is_new: true })).toBe("main is new on github.com, so nothing there is lost.");
});

test("a call without network reaches nothing, and a name cannot pose as something else", () => {
  expect(pushText({ ...push, reaches: false })).toMatch(/lost\. The call asks for no network, so it cannot reach/);
  expect(losing(["Jonas\u202e"])).not.toContain("\u202e");
});

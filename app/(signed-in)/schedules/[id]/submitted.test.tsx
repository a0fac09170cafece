/** What a person reads of that which a schedule submits. */
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Schedule, ScheduledSubmission } from "@/core/shapes/schedules";
import { Submitted } from "./submitted";

function read(submission: Partial<ScheduledSubmission>, overlap: Schedule["overlap"] = "skip"): string {
  const schedule = { submission: { task: "", ...submission }, made_by: "Anna", overlap };
  return renderToStaticMarkup(<Submitted schedule={schedule} />)
    .replace(/<[^>]+>/g, " ")
    .replace(/ +/g, " ");
}

test("a schedule of an evolution says which project it evolves, in how many cycles, and no agent of a tree", () => {
  const text = read({ project: "shop", evolve: { cycles: 3 }, goal: { max_iterations: 5 } }, "beside");
  expect(text).toContain("Evolves shop, at most 3 cycles");
  expect(text).toContain("Most rounds 5");
  expect(text).toContain("If its run still runs Skips the time");
  expect(text).not.toMatch(/Done by|agent_selector|Project/);
});

test("a schedule of trees says its caps and every place in which they work", () => {
  const repositories = [
    { folder: "api", address: "/srv/api" },
    { folder: "web", address: "https://example.org/web.git", branch: "next" },
  ];
  const text = read({ grant: { cost_usd: 5, tokens: 20_000 }, repositories }, "beside");
  expect(text).toContain("Done by agent_selector chooses");
  expect(text).toContain("Grant $5.00, 20,000 tokens");
  expect(text).toContain("Repositories api: /srv/api; web: https://example.org/web.git, branch next");
  expect(text).toContain("If its tree still runs Starts another tree beside it");
  expect(read({ workspace: "/srv/shop", copy: true })).toContain("Folder a copy of /srv/shop");
});

import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { InsightKind, ProjectInsight } from "@/core/shapes/insights";
import type { Project } from "@/core/shapes/projects";
import { InsightItem } from "./insight-item";

vi.mock("@/app/operate", () => ({}));
vi.mock("@/components/going/use-go", () => ({ useGo: () => ({}) }));

function markupOf(kind: InsightKind): string {
  const insight = {
    id: "i",
    kind,
    title: "The title",
    path: "",
    state: "open",
    score: 0.5,
    evidence: { facts: [], places: [], quote: [], impact: 1, confidence: 1, effort: 1 },
  } as unknown as ProjectInsight;
  const may = { start: true, evolve: true, dismiss: true };
  return renderToStaticMarkup(
    <InsightItem insight={insight} project={{ name: "shop" } as Project} back="/" cycle={null} may={may} />,
  );
}

test("an insight of a kind that people deal with offers a task and no goal, which would be refused", () => {
  expect(markupOf("todo")).toContain("Make it a goal");
  expect(markupOf("todo")).toContain("<dt>Goal</dt>");
  const licence = markupOf("no-licence");
  expect(licence).not.toContain("Make it a goal");
  expect(licence).not.toContain("<dt>Goal</dt>");
  expect(licence).toMatch(/<footer[^>]*><button[^>]*>Start a task/);
});

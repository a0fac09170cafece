import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Project } from "@/core/shapes/projects";
import { ProjectFacts } from "./project-facts";

function shown(estimates: Project["estimates"]): string {
  const project = {
    name: "orders",
    address: "github.com/acme/orders",
    branch: null,
    check: null,
    setup: null,
    defaults: {},
    figures: { days: 30, trees: 4, running: 0, failed: 1, cost_usd: 11.06 },
    estimates,
    schedules: 0,
    created_by: "mara",
    created_at: "2026-11-02T08:00:00.000Z",
  } as unknown as Project;
  return renderToStaticMarkup(<ProjectFacts project={project} />)
    .replace(/<[^>]+>/g, " ")
    .replace(/ +/g, " ");
}

test("a project says by how much its estimates missed, and nothing before a unit has ended", () => {
  expect(shown({ share: 0.2367, units: 118, in_range: 96 })).toContain(
    "Estimates missed by ± 24 %, 96 of 118 units in range Schedules",
  );
  expect(shown({ share: 1.5, units: 1, in_range: 0 })).toContain("missed by ± 150 %, 0 of 1 unit in range");
  expect(shown(null)).not.toContain("Estimates");
});

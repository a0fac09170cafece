import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { TaskStatus } from "@/core/log/terms";
import type { Project } from "@/core/shapes/projects";
import type { Tree } from "@/core/shapes/shapes";
import { ProjectFacts } from "./project-facts";
import { ProjectTrees } from "./project-trees";

function shown(estimates: Project["estimates"], isGit = true): string {
  const project = {
    name: "orders",
    address: "github.com/acme/orders",
    branch: null,
    check: null,
    setup: null,
    found: { is_git: isGit },
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

test("a folder that is no git repository is not called one, and the page says how it becomes one", () => {
  expect(shown(null)).toContain("Repository github.com/acme/orders Branch its default branch");
  const plain = shown(null, false);
  expect(plain).toContain("Folder github.com/acme/orders Git no repository");
  expect(plain).toContain("run git init there and commit");
  expect(plain).not.toContain("Branch");
});

const tree = (status: TaskStatus) =>
  ({
    id: status,
    title: status,
    status,
    headline: "",
    created_at: "2026-11-02T08:00:00.000Z",
    ended_at: null,
    counts: {},
    totals: { tasks: 1, cost_usd: 0, tokens_in: 0, tokens_out: 0 },
    grant: { cost_usd: null },
    tasks: [],
  }) as unknown as Tree;

/** Returns the headings of the trees of a project, each with what is beside it. */
function headings(open: TaskStatus[], next: string | null): string[] {
  const page = renderToStaticMarkup(
    <ProjectTrees open={{ items: open.map(tree), next }} ended={{ items: [tree("succeeded")], next }}>
      {null}
    </ProjectTrees>,
  );
  return [...page.matchAll(/<header.*?<\/header>/g)].map(([head]) =>
    head
      .replace(/<[^>]+>/g, " ")
      .replace(/ +/g, " ")
      .trim(),
  );
}

test("the trees of a project are counted only when the page has all, and those that wait do not run", () => {
  const open: TaskStatus[] = ["running", "waiting", "parked", "paused"];
  expect(headings(open, null)).toEqual(["Running 2", "Waiting or paused 2", "Ended lately 1"]);
  expect(headings(open, "9")).toEqual([
    "Running newest first",
    "Waiting or paused newest first",
    "Ended lately newest first",
  ]);
  expect(headings(["paused"], "9")).not.toContain("Running");
  expect(headings(["paused"], null)).toContain("Running");
});

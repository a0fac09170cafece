/** What a terminal says of changes that are decided elsewhere. */
import { expect, test } from "vitest";
import { DEFAULT_EVOLUTION } from "@/core/evolution/rules";
import type { EvolutionCycle, EvolutionOfProject } from "@/core/shapes/evolution";
import { statusLines, stepsOf } from "./lines";

const CYCLE: EvolutionCycle = {
  id: "c1",
  run: "r1",
  insight: { id: "i1", kind: "untyped", title: "any stands here", path: "a.ts", line: 2, end: 2, score: 0.4 },
  state: "open",
  why: null,
  tree: null,
  tries: 1,
  refusals: [],
  cost_usd: 0.5,
  cap_usd: 2,
  change: null,
  created_at: "2027-01-05T02:00:00.000Z",
  changed_at: "2027-01-05T02:10:00.000Z",
};

function evolutionOf(more: Partial<EvolutionOfProject>, cycle: Partial<EvolutionCycle>): EvolutionOfProject {
  return {
    project: "shop",
    rules: DEFAULT_EVOLUTION,
    change: "branch",
    folder: "/srv/shop",
    forge: null,
    stopped: null,
    next: null,
    hold: null,
    rejections: 0,
    today_usd: 0.5,
    reserved_usd: 0,
    runs: [],
    runs_total: 0,
    cycles: [{ ...CYCLE, ...cycle }],
    ...more,
  };
}

const lastOf = (lines: readonly string[]) => lines.at(-1)?.trim();

test("a change is called as its forge calls it, and is found there", () => {
  const linked = (forge: EvolutionOfProject["forge"], change: EvolutionCycle["change"]) =>
    lastOf(statusLines(evolutionOf({ change: "pull_request", forge }, { change })));
  expect(linked("gitlab", null)).toBe("Its merge request is being opened.");
  expect(linked("gitlab", { kind: "pull_request", name: "!12", url: null })).toBe(
    "Merge or close its merge request: !12",
  );
  const url = "https://git.example.org/acme/shop/pulls/12";
  expect(linked("gitea", { kind: "pull_request", name: "#12", url })).toBe(`Merge or close its pull request: ${url}`);
});

test("where the project has no folder, the one for the branch is asked for", () => {
  const says = (folder: string | null) => statusLines(evolutionOf({ folder }, {})).at(-1)?.trim();
  expect(says("/srv/shop")).toBe(
    'Its change waits for you: npx banyan evolve shop accept c1, or reject c1 --reason "…"',
  );
  expect(says(null)).toBe(
    'Its change waits for you: npx banyan evolve shop accept c1 --repository FOLDER, or reject c1 --reason "…"',
  );
});

test("a proposal is found by its review item, whose id nobody needs once it is decided", () => {
  const change = { kind: "proposal", name: "0123456789abcdef", url: null } as const;
  const open = evolutionOf({ change: "proposal" }, { change });
  expect(lastOf(statusLines(open))).toBe("Its proposal waits in Review: npx banyan reviews 01234567");
  const accepted = stepsOf(evolutionOf({ change: "proposal" }, { change, state: "accepted" }), "r1");
  expect(accepted.at(-1)?.line).toBe("  Accepted. $0.50 of $2.00.");
});

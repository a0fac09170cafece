import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { EvolutionCycle, EvolutionOfProject } from "@/core/shapes/evolution";
import { CycleRow } from "./cycle-row";

vi.mock("@/app/operate", () => ({}));

const shown = (evolution: Partial<EvolutionOfProject>, cycle: Partial<EvolutionCycle>) =>
  renderToStaticMarkup(
    <CycleRow
      evolution={{ project: "shop", folder: null, forge: null, ...evolution } as EvolutionOfProject}
      cycle={
        {
          id: "c1",
          insight: { id: "i1", kind: "untyped", title: "any stands here", path: "a.ts", line: 2, end: 2, score: 0.4 },
          state: "open",
          why: null,
          tree: null,
          tries: 1,
          refusals: [],
          cost_usd: 0.5,
          cap_usd: 2,
          changed_at: "2027-01-05T02:10:00.000Z",
          ...cycle,
        } as EvolutionCycle
      }
      host="git.example.org"
      mayDecide
      onDone={() => undefined}
    />,
  );

test("a proposal leads to its own item in Review, also when it is decided", () => {
  const change = { kind: "proposal", name: "0123abcd", url: null } as const;
  const open = shown({ change: "proposal" }, { change });
  expect(open).toMatch(/<a[^>]*href="\/review\?item=0123abcd"[^>]*>Decide in Review<\/a>/);
  expect(open).not.toContain("tries");
  expect(shown({ change: "proposal" }, { change, state: "rejected" })).toContain('href="/review?item=0123abcd"');
});

test("a change is called as its forge calls it", () => {
  const gitlab = { change: "pull_request", forge: "gitlab" } as const;
  expect(shown(gitlab, { change: null })).toContain("Its merge request is being opened.");
  const url = "https://git.example.org/acme/shop/-/merge_requests/12";
  const opened = shown(gitlab, { change: { kind: "pull_request", name: "!12", url } });
  expect(opened).toContain("Merge request !12");
  expect(opened).toContain("Open !12 at git.example.org");
  expect(opened).not.toMatch(/pull request/i);
});

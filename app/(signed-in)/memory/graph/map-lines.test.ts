import { expect, test } from "vitest";
import type { Lesson } from "@/core/shapes/memory";
import { curveOf, linesOf } from "./map-lines";

const lesson = (id: string, more: Partial<Lesson> = {}) =>
  ({ id, signature: "x", place: "/src/shop", scope: "repository", status: "live", ...more }) as Lesson;
const ERROR = { signature: "x", lessons: 1, met: 1, last_met_at: null };
const AGENT = { agent: "coder", made: 1, shown: 0 };
const SHOP = { place: "/src/shop", lessons: 3 };
const more = { of_error: 0, of_place: 0, agents: 0 };

test("lines lead from errors over lessons and agents to repositories; the selected lesson's are known", () => {
  const links = ["a", "b"].map((id) => ({ ...AGENT, lesson: id }));
  const lessons = [lesson("a"), lesson("b", { signature: null })];
  const lines = linesOf({ lessons, errors: [ERROR], agents: [AGENT], repositories: [SHOP], links, more });
  expect(lines).toEqual({
    errors: [{ from: 22, to: 22, look: "selected" }],
    agents: [
      { from: 74, to: 22, look: "plain" },
      { from: 22, to: 22, look: "selected" },
    ],
    repositories: [{ from: 22, to: 22, look: "selected" }],
    passing: [],
    height: 104,
  });
});

test("the line of a lesson without an agent passes below the agents, and lines of lessons that are not live are dashed", () => {
  const lessons = [lesson("a"), lesson("b", { status: "candidate" }), lesson("c", { status: "retired" })];
  const lines = linesOf({
    lessons,
    errors: [ERROR],
    agents: [AGENT],
    repositories: [SHOP],
    links: [{ ...AGENT, lesson: "a" }],
    more,
  });
  expect(lines.passing).toEqual([{ from: 62, to: 62, look: "dashed" }]);
  expect(lines.agents.map(({ to, look }) => [to, look])).toEqual([
    [62, "dashed"],
    [62, "dashed"],
    [22, "selected"],
  ]);
  expect(lines.repositories).toEqual([
    { from: 62, to: 22, look: "dashed" },
    { from: 22, to: 22, look: "selected" },
  ]);
});

test("a lesson of one agent has no line to a repository", () => {
  const lessons = [lesson("a", { scope: "agent", place: "coder" })];
  const given = {
    lessons,
    errors: [],
    agents: [AGENT],
    repositories: [SHOP],
    links: [{ ...AGENT, lesson: "a" }],
    more,
  };
  expect(linesOf(given).repositories).toEqual([]);
  expect(curveOf({ from: 22, to: 74, look: "plain" })).toBe("M0 22C18 22 18 74 36 74");
});

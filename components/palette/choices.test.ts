import { expect, test } from "vitest";
import { type Choice, matchingChoices } from "./choices";
import { foundGroups } from "./found-choices";

const choice = (label: string, words: string[] = []): Choice => ({
  id: label,
  label,
  icon: "chev",
  words,
  go: { to: "/" },
});
const ALL = [
  choice("New task", ["submit", "start"]),
  choice("Switch to the dark theme", ["mode"]),
  choice("Settings: Tokens"),
  choice("Trees"),
];
const labels = (words: string) => matchingChoices(ALL, words).map((one) => one.label);

test("without words everything is offered, in its order", () => {
  expect(labels(" ")).toEqual(ALL.map((one) => one.label));
});

test("beginnings of words match, and other words that mean the same; scattered letters do not", () => {
  expect(labels("new")).toEqual(["New task"]);
  expect(labels("dark")).toEqual(["Switch to the dark theme"]);
  expect(labels("submit")).toEqual(["New task"]);
  expect(labels("tok")[0]).toBe("Settings: Tokens");
  expect(labels("migrate parser")).toEqual([]);
  expect(labels("nsk")).toEqual([]);
});

const FOUND = {
  trees: [{ id: "t1", title: "Mend", status: "waiting" as const, created_at: "" }],
  opened: [],
  tasks: [],
  entries: [{ kind: "document" as const, name: "a b", description: "Rules" }],
  texts: [{ tree_id: "t1", task_id: "k1", task: "Mend", seq: 7, excerpt: "the bug" }],
};

test("what the server found becomes groups with addresses; empty groups are left out", () => {
  const groups = foundGroups(FOUND, true);
  expect(groups.map((group) => group.title)).toEqual(["Trees", "Agents, documents, tools, runbooks", "In logs"]);
  expect(groups.flatMap((group) => group.choices.map((one) => one.go))).toEqual([
    { to: "/trees/t1" },
    { to: "/documents/a%20b" },
    { to: "/trees/t1?task=k1&seq=7" },
  ]);
  expect(groups[0]?.choices[0]?.status).toBe("you");
  expect(foundGroups(FOUND, false)[0]?.title).toBe("Changed last");
});

test("without words, the trees that were opened last come before those that changed last, each once", () => {
  const tree = (id: string) => ({ id, title: id, status: "succeeded" as const, created_at: "" });
  const found = {
    ...FOUND,
    trees: [tree("new"), tree("both")],
    opened: [tree("both"), tree("old")],
    entries: [],
    texts: [],
  };
  const idsOf = (hasWords: boolean) =>
    foundGroups(found, hasWords).map(({ title, choices }) => [title, choices.map(({ label }) => label)]);
  expect(idsOf(false)).toEqual([
    ["Opened last", ["both", "old"]],
    ["Changed last", ["new"]],
  ]);
  expect(idsOf(true)).toEqual([["Trees", ["new", "both"]]]);
});

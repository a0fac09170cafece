import { expect, test } from "vitest";
import { AS_IN_ORIGIN, replayChanges, replayText, versionRows, withVersion } from "./replay-draft";

const coder = { kind: "agent", name: "coder" } as const;
const style = { kind: "document", name: "style" } as const;
const lesson = { id: "l", advice: "Look twice.", status: "live" } as const;

test("only what a person chose is in the request", () => {
  expect(replayChanges(AS_IN_ORIGIN, "coder")).toEqual({});
  expect(replayText(AS_IN_ORIGIN, "coder")).toBe("as in this tree");
  const both = withVersion(withVersion(AS_IN_ORIGIN, "coder", coder, 3), "coder", style, 2);
  const draft = { ...both, lessons: "only", chosen: [lesson] } as const;
  expect(replayChanges(draft, "coder")).toEqual({
    versions: [
      { ...coder, version: 3 },
      { ...style, version: 2 },
    ],
    lessons: ["l"],
  });
  expect(replayText(draft, "coder")).toBe("coder v3, style v2, only 1 lesson");
  expect(replayChanges({ ...draft, lessons: "without" }, "coder").lessons).toBe("without");
  expect(replayChanges(withVersion(both, "coder", coder, null), "coder")).toEqual({
    versions: [{ ...style, version: 2 }],
  });
});

test("versions that were chosen for one agent are not sent for another", () => {
  const draft = withVersion(AS_IN_ORIGIN, "coder", style, 2);
  expect(replayChanges(draft, "worker")).toEqual({});
  const worker = { kind: "agent", name: "worker" } as const;
  expect(replayChanges(withVersion(draft, "worker", worker, 1), "worker")).toEqual({
    versions: [{ ...worker, version: 1 }],
  });
});

test("an agent has a row and each of its documents one; a program the agents of its tree", () => {
  const start = {
    versions: [
      { ...coder, version: 3 },
      { ...style, version: 1 },
    ],
    lessons: "with",
  } as const;
  const used = [
    { ...coder, inTree: 3 },
    { ...style, inTree: 1 },
  ];
  const rules = { kind: "document", name: "rules", inTree: null };
  expect(versionRows("coder", { ...start, versions: [...start.versions] }, ["style", "rules"])).toEqual([
    ...used,
    rules,
  ]);
  expect(versionRows("worker", null, ["rules"])).toEqual([{ kind: "agent", name: "worker", inTree: null }, rules]);
  expect(versionRows("goal", { ...start, versions: [...start.versions] }, ["rules"])).toEqual(used);
});

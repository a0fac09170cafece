import { expect, test } from "vitest";
import { AS_IN_ORIGIN, replayChanges, replayText, versionRows, withVersion } from "./replay-draft";

const coder = { kind: "agent", name: "coder" } as const;
const style = { kind: "document", name: "style" } as const;
const lesson = { id: "l", advice: "Look twice.", status: "live" } as const;

test("the request has only a person's choices", () => {
  expect(replayChanges(AS_IN_ORIGIN, "coder")).toEqual({});
  expect(replayText(AS_IN_ORIGIN, "coder")).toBe("");
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

test("an agent and each of its documents have a row; a program has rows for the entries that tasks of its tree used", () => {
  const versions = [
    { ...coder, version: 3 },
    { ...style, version: 1 },
  ];
  const taken = [
    { ...coder, inTree: 3 },
    { ...style, inTree: 1 },
  ];
  const rules = { kind: "document", name: "rules", inTree: null };
  const start = { versions, used: [], lessons: "with" as const };
  expect(versionRows("coder", start, ["style", "rules"])).toEqual([...taken, rules]);
  expect(versionRows("worker", null, ["rules"])).toEqual([{ kind: "agent", name: "worker", inTree: null }, rules]);
  const goal = { versions: versions.slice(0, 1), used: versions, lessons: "with" as const };
  expect(versionRows("goal", goal, ["rules"])).toEqual([taken[0], { ...style, inTree: null, used: 1 }]);
});

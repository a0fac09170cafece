import { expect, test } from "vitest";
import type { ComparedTree } from "@/core/shapes/shapes";
import { copiedText, differenceText, originText } from "@/core/words/comparison";

const tree = (tree_id: string, fields: Partial<ComparedTree> = {}) =>
  ({
    ...{ tree_id, status: "succeeded", verdict: null, tokens: 100, cost_usd: 1, forked_from: null },
    ...{ copied: { tokens: 0, cost_usd: 0 } },
    ...fields,
  }) as ComparedTree;

test("a fork says from which side it came, in either order", () => {
  const fork = tree("b", { forked_from: { tree_id: "a", seq: 7 } });
  expect(originText(tree("a"), fork)).toBe("B was forked from A at message 7. Both hold everything up to it.");
  expect(originText(fork, tree("a"))).toBe("A was forked from B at message 7. Both hold everything up to it.");
  const other = tree("c", { forked_from: { tree_id: "a", seq: 9 } });
  expect(originText(fork, other)).toBe("Both were forked from the same tree: A at message 7, B at message 9.");
  expect(originText(tree("a"), tree("d"))).toBe("Neither was forked from the other.");
});

test("what was copied counts for nobody", () => {
  const fork = tree("b", { cost_usd: 1, copied: { cost_usd: 0.5, tokens: 50 }, tokens: 100 });
  expect(differenceText(tree("a"), fork)).toBe("B costs 50 % less. Copied spend is not counted.");
  expect(copiedText(fork)).toBe("of it $0.50 and 50 tokens copied, not spent by it");
  expect(copiedText(tree("a"))).toBeNull();
  expect(differenceText(tree("a"), tree("d"))).toMatch(/^So far they do not differ/);
  expect(differenceText(tree("a"), tree("d", { status: "stopped" }))).toMatch(/^A succeeded, B was stopped\./);
});

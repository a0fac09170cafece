import fc from "fast-check";
import { expect, test } from "vitest";
import type { PlanUnit } from "@/core/shapes/plans";
import { mermaidOf } from "./mermaid";

const unit = (number: number, more: Partial<PlanUnit> = {}) =>
  ({
    number,
    title: `Unit ${number}`,
    minutes: 35,
    minutes_low: 25,
    minutes_high: 50,
    risk: null,
    after: [],
    ...more,
  }) as PlanUnit;

test("a plan is a flowchart with its groups, its arrows and its critical path", () => {
  const units = [unit(1, { risk: 2 }), unit(2, { after: [1] }), unit(3, { after: [1] })];
  expect(mermaidOf({ units, groups: [[1], [2, 3]], critical_path: [1, 3] })).toBe(`flowchart LR
  subgraph g1["Group 1"]
    u1["1 Unit 1<br/>35 min, 25 to 50, risk 2"]
  end
  subgraph g2["Group 2"]
    u2["2 Unit 2<br/>35 min, 25 to 50"]
    u3["3 Unit 3<br/>35 min, 25 to 50"]
  end
  u1 --> u2
  u1 ==> u3
  classDef critical stroke-width:3px
  class u1,u3 critical
`);
});

test("no title can end its box, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (title) => {
      const text = mermaidOf({ units: [unit(1, { title })], groups: [[1]], critical_path: [1] });
      const lines = text.split("\n");
      expect(lines.length).toBe(7);
      expect(lines[2]).toMatch(/^ {4}u1\["1 [\p{L}\p{M}\p{N} .,:/()_+#;-]*<br\/>35 min, 25 to 50"\]$/u);
    }),
  );
  const nasty = '"] --> x["<script>`%% end`';
  expect(mermaidOf({ units: [unit(1, { title: nasty })], groups: [[1]], critical_path: [1] })).toContain(
    "#34;#93; --#62; x#91;#34;#60;script#62;#96;#37;#37; end#96;",
  );
});

import { describe, expect, test } from "vitest";
import type { Value } from "@/core/programs/json";
import { fitJson } from "./fit";
import { parseTemplate, renderTemplate } from "./template";
import { SyntaxFault } from "./value";

const NAMES = new Map<string, Value>(
  Object.entries({
    list: [
      { n: 1, inner: ["a", "b"] },
      { n: 2, inner: [] },
    ],
    yes: true,
    no: false,
    name: "Bo",
    none: null,
  }),
);
const render = (source: string) => renderTemplate(parseTemplate(source), NAMES);

describe("templates", () => {
  test.each([
    ["Hello {{name}}{{none}}!", "Hello Bo!"],
    ["{{ list }}", '[{"n":1,"inner":["a","b"]},{"n":2,"inner":[]}]'],
    ['{{ "}}" }} and {{ "{{" }}', "}} and {{"],
    ["{{#if yes}}a{{else}}b{{/if}}{{#if no}}c{{else}}d{{/if}}", "ad"],
    ["{{#each list as one}}{{one.n}}:{{#each one.inner as x}}{{x}}{{/each}};{{/each}}", "1:ab;2:;"],
    ["top\n{{#each list as one}}\n- {{one.n}}\n{{/each}}\nend", "top\n- 1\n- 2\nend"],
    ["  {{#if yes}}\nkept\n  {{else}}\ndropped\n  {{/if}}\nend", "kept\nend"],
    ["{{#if yes}}\na\n{{/if}}\n{{#if no}}\nb\n{{/if}}\nend", "a\nend"],
    ["{{#each none as one}}x{{/each}}", ""],
    ["one } brace { and {single}", "one } brace { and {single}"],
  ])("%j", (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  test("a value is never parsed as a template", () => {
    const names = new Map<string, Value>([["text", "{{secret}} {{#each x as y}}"]]);
    expect(renderTemplate(parseTemplate("{{text}}"), names)).toBe("{{secret}} {{#each x as y}}");
  });

  test("a rendered text that grows without limit is refused", () => {
    const names = new Map<string, Value>([["many", Array.from({ length: 2_000 }, () => "x".repeat(50))]]);
    const nested = "{{#each many as a}}{{#each many as b}}{{b}}{{/each}}{{/each}}";
    expect(() => renderTemplate(parseTemplate(nested), names)).toThrow(/longer than 1000000 characters/);
  });

  test.each([
    ["a {{name", 2, /has no "}}"/],
    ["{{#if yes}}x", 2, /never closed/],
    ["x{{/if}}", 3, /closes no open block/],
    ["{{#each list as one}}{{/if}}", 23, /closes no open block/],
    ["{{else}}", 2, /outside/],
    ["{{#each list}}{{/each}}", 2, /list as item/],
    ["{{#unless a}}{{/unless}}", 2, /a block is/],
    ["abc {{ a == }}", 12, /ends where a value/],
    ["{{#if a ==}}{{/if}}", 10, /ends where a value/],
  ])("%j is refused", (source, offset, reason) => {
    try {
      parseTemplate(source);
      expect.unreachable();
    } catch (fault) {
      expect(fault).toBeInstanceOf(SyntaxFault);
      expect((fault as SyntaxFault).message).toMatch(reason);
      expect((fault as SyntaxFault).offset).toBe(offset);
    }
  });
});

describe("fitting JSON into a result", () => {
  test("JSON that fits stays unchanged", () => {
    expect(fitJson({ a: [1, 2] })).toBe('{"a":[1,2]}');
  });

  test("lists lose their tails and numbers stay", () => {
    const value = {
      files: 7,
      long: Array.from({ length: 500 }, (_, n) => ({ path: `folder/${n}` })),
      short: [1, 2, 3],
    };
    const json = fitJson(value, 1_000);
    expect(json.length).toBeLessThanOrEqual(1_000);
    const parsed = JSON.parse(json);
    expect(parsed).toMatchObject({ files: 7, short: [1, 2, 3], shortened: true });
    expect(parsed.long[0]).toEqual({ path: "folder/0" });
    expect(parsed.long.length).toBeGreaterThan(5);
  });

  test("long texts are cut when there is no list to shorten", () => {
    expect(fitJson({ text: "x".repeat(9_000) }, 500).length).toBeLessThanOrEqual(500);
    expect(fitJson("y".repeat(9_000), 500).length).toBeLessThanOrEqual(500);
  });
});

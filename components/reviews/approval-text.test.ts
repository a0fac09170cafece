import { expect, test } from "vitest";
import { withoutDisguise } from "@/components/text/visible";
import type { Review } from "@/core/shapes/shapes";
import { argumentsOf, attentionText, toolOf } from "./approval-text";

const item = (tool: string, evidence: string | null) => ({ tool, title: `${tool} {…`, evidence }) as Review;

test("an approval shows the tool and all its arguments, a lone command as a command", () => {
  const input = { command: "git fetch\ngit tag" };
  const review = item("use_terminal", JSON.stringify(input, null, 1));
  expect(toolOf(review)).toBe("use_terminal");
  expect(argumentsOf(review)).toBe("git fetch\ngit tag");
  expect(argumentsOf(item("web_fetch", '{"url":"https://a.example","most":2}'))).toBe(
    "url: https://a.example\nmost: 2",
  );
  expect(argumentsOf(item("web_fetch", '{"url":"cut off'))).toBe('{"url":"cut off');
});

test("signs that hide or turn what follows are shown as their numbers", () => {
  const right = String.fromCodePoint(0x202e);
  expect(withoutDisguise(`rm ${right}x\ty\n\u0007`)).toBe("rm \\u{202e}x\ty\n\\u{7}");
});

test("attention says what it is made of", () => {
  const review = { attention: 60, blast_radius: 5, uncertainty: 4 } as Review;
  expect(attentionText(review)).toMatch(/^Attention 60 of 100: reaches the whole machine .* is unclear\.$/);
});

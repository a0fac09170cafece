import { expect, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";
import { argumentsOf, attentionText, toolOf } from "./approval-text";

const item = (tool: string, evidence: string | null) => ({ tool, title: `${tool} {…`, evidence }) as Review;

test("an approval shows its tool and all arguments; a single command is shown as plain text", () => {
  const input = { command: "git fetch\ngit tag" };
  const review = item("use_terminal", JSON.stringify(input, null, 1));
  expect(toolOf(review)).toBe("use_terminal");
  expect(argumentsOf(review)).toBe("git fetch\ngit tag");
  expect(argumentsOf(item("web_fetch", '{"url":"https://a.example","most":2}'))).toBe(
    "url: https://a.example\nmost: 2",
  );
  expect(argumentsOf(item("web_fetch", '{"url":"cut off'))).toBe('{"url":"cut off');
});

test("invisible characters and direction marks are shown as their code points", () => {
  const right = String.fromCodePoint(0x202e);
  expect(withoutDisguise(`rm ${right}x\ty\n\u0007`)).toBe("rm \\u{202e}x\ty\n\\u{7}");
});

test("the risk names its level, its reach and its uncertainty", () => {
  const review = { attention: 60, blast_radius: 5, uncertainty: 4 } as Review;
  expect(attentionText(review)).toMatch(
    /^High risk \(attention 60\/100\): touches the whole machine .* the effect is unclear\.$/,
  );
  const low = { attention: 10, blast_radius: 2, uncertainty: 2 } as Review;
  expect(attentionText(low)).toBe(
    "Low risk (attention 10/100): touches only this task's files; the effect is mostly clear.",
  );
});

import { expect, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";
import { argumentsOf } from "./approval-text";

const item = (tool: string, evidence: string | null) => ({ tool, title: `${tool} {…`, evidence }) as Review;

test("an approval shows all arguments; a single command is shown as plain text", () => {
  const input = { command: "git fetch\ngit tag" };
  const review = item("use_terminal", JSON.stringify(input, null, 1));
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

import { expect, test } from "vitest";
import { parse } from "yaml";
import { isTooDeep } from "./bounded-yaml";

const levels = (count: number, line: string) =>
  Array.from({ length: count }, (_, at) => `${" ".repeat(2 * at)}${line}\n`).join("");

test("YAML that people write is not too deep, and what would end the process is", () => {
  const written = [
    "",
    "a: b",
    `text: |\n  ${"- ? [ { ".repeat(500)}\n`,
    "- [a, {b: c}]\n".repeat(5_000),
    levels(90, "a:"),
    `a: "${"[".repeat(5_000)}"`,
    `${"[".repeat(90)}${"]".repeat(90)}`,
  ];
  for (const text of written) expect([text.slice(0, 40), isTooDeep(text)]).toEqual([text.slice(0, 40), false]);
  expect(parse(levels(90, "a:"))).toBeTypeOf("object");
  for (const piece of ["? ", "[", "- ", "{a: ", "- ? ", "a: ["])
    expect([piece, isTooDeep(`x:\n  ${piece.repeat(3_000)}`)]).toEqual([piece, true]);
  expect(isTooDeep(levels(1_000, "a:"))).toBe(true);
});

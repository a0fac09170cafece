/** What agents write has no effect at a forge. */
import { expect, test } from "vitest";
import { withoutEffect } from "./material";

/** The text without the characters that nobody sees. */
const seen = (text: string) => text.replaceAll("\u200b", "");

test("F6: no mention, reference, address, command or hidden remark of an agent is one to a forge, and people read it the same", () => {
  const hostile = [
    "Closes #7, acme/widgets#8, !9, GH-10, gl-11, [issue:12] and https://forge.test/acme/widgets/-/issues/13",
    "Thanks @ann <!-- x -->",
    "> /merge",
    "/close",
  ].join("\n");
  const harmless = withoutEffect(hostile);
  expect(seen(harmless)).toBe(hostile);
  expect(harmless).not.toMatch(/[@#!]\w|G[HL]-\d|\[issue:|:\/\/|<!--/i);
  expect(harmless).not.toMatch(/^[>\s]*\//m);
  expect(withoutEffect("a[0] = b; // GLOBAL-1, see [the docs](x)")).toBe("a[0] = b; // GLOBAL-1, see [the docs](x)");
});

test("F6: a command is broken after spaces of any kind, and in a megabyte of anything", () => {
  for (const space of ["", " ", "\t> ", "\u00a0", "\u3000\ufeff", "\v\f", "x\n\n", "x\r", "x\u2028"])
    expect(withoutEffect(`${space}/close`)).toBe(`${space}\u200b/close`);
  // A pattern that began again at each empty line took minutes for these.
  for (const piece of ["\n", " ", ">", "[", "[a"])
    expect(withoutEffect(`${piece.repeat(500_000)}x\n/close`)).toMatch(/x\n\u200b\/close$/);
});

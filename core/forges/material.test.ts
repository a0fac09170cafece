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

import { expect, test } from "vitest";
import { withoutDisguise } from "./visible";

test("what nobody sees becomes its code, and an emoji of several stays one", () => {
  expect(withoutDisguise("pay\u202e\u200bload\u0000\u2028\u{e0041}\u00ad.sh")).toBe(
    "pay\\u{202e}\\u{200b}load\\u{0}\\u{2028}\\u{e0041}\\u{ad}.sh",
  );
  expect(withoutDisguise("a\tb\nc é 👩‍💻 👩🏽‍🚀 ❤️‍🔥")).toBe("a\tb\nc é 👩‍💻 👩🏽‍🚀 ❤️‍🔥");
  expect(withoutDisguise("a\u200db 👩\u200dx")).toBe("a\\u{200d}b 👩\\u{200d}x");
  const once = withoutDisguise("a\u202eb");
  expect(withoutDisguise(once)).toBe(once);
});

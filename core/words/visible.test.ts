import { expect, test } from "vitest";
import { withoutDisguise } from "./visible";

test("what nobody sees becomes its code, and an emoji of several stays one", () => {
  expect(withoutDisguise("pay\u202e\u200bload\u0000\u2028\u{e0041}\u00ad.sh")).toBe(
    "pay\\u{202e}\\u{200b}load\\u{0}\\u{2028}\\u{e0041}\\u{ad}.sh",
  );
  expect(withoutDisguise("a\tb\nc é 👩‍💻 👩🏽‍🚀 ❤️‍🔥")).toBe("a\tb\nc é 👩‍💻 👩🏽‍🚀 ❤️‍🔥");
  expect(withoutDisguise("a\u200db 👩\u200dx")).toBe("a\\u{200d}b 👩\\u{200d}x");
  expect(withoutDisguise("a\ufe01b\u{e0101}\u3164\uffa0\u115f\u034f\u2800")).toBe(
    "a\\u{fe01}b\\u{e0101}\\u{3164}\\u{ffa0}\\u{115f}\\u{34f}\\u{2800}",
  );
  expect(withoutDisguise("⚠\ufe0f ☎\ufe0e 1\ufe0f\u20e3")).toBe("⚠\ufe0f ☎\ufe0e 1\ufe0f\u20e3");
  expect(withoutDisguise("⚠\ufe0f\ufe0f 1\ufe0f")).toBe("⚠\ufe0f\\u{fe0f} 1\\u{fe0f}");
  const once = withoutDisguise("a\u202eb");
  expect(withoutDisguise(once)).toBe(once);
});

import { expect, test } from "vitest";
import { createOutputRing } from "./output-ring";

const ESCAPE = "\u001b";

test.each([
  ["a colour", `red ${ESCAPE}[3`, "1mtext"],
  ["a link", `see ${ESCAPE}]8;;https://exam`, `ple.com${ESCAPE}\\here`],
  ["an escape alone", `up${ESCAPE}`, "[A"],
  ["a character", "gr\u00fc".slice(0, 2), "\u00fc"],
])("a read does not end in the middle of %s", (_, first, rest) => {
  const ring = createOutputRing(10_000);
  ring.add(Buffer.from(first));
  const begun = ring.read(0, 10_000);
  ring.add(Buffer.from(rest));
  const { text } = ring.read(begun.next, 10_000);
  expect(begun.text).not.toContain(ESCAPE);
  expect(begun.text + text).toBe(first + rest);
});

test("at the end of the output, a sequence that never ended is read", () => {
  const ring = createOutputRing(10_000);
  ring.add(Buffer.from(`end${ESCAPE}[3`));
  ring.close();
  expect(ring.read(0, 10_000).text).toBe(`end${ESCAPE}[3`);
});

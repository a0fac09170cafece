import { expect, test } from "vitest";
import { keptOutput } from "./kept-output";

function kept(maxBytes: number, chunks: readonly ["stdout" | "stderr", string][], keepsStart = false) {
  const output = keptOutput(maxBytes, keepsStart);
  for (const [name, chunk] of chunks) output.add(name, Buffer.from(chunk));
  return output.texts();
}

test("what fits is kept whole, however it arrives", () => {
  const chunks = [..."0123456789"].map((digit) => ["stdout", digit] as ["stdout", string]);
  expect(kept(10, chunks)).toEqual({ stdout: "0123456789", stderr: "", truncated: false });
  expect(
    kept(10, [
      ["stdout", "01234"],
      ["stderr", "56789"],
    ]),
  ).toEqual({
    stdout: "01234",
    stderr: "56789",
    truncated: false,
  });
});

test("of a long output the beginning and the end are kept, with the number of bytes between them", () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`);
  const { stdout, truncated } = kept(
    200,
    lines.map((line) => ["stdout", line]),
  );
  expect(truncated).toBe(true);
  expect(stdout).toMatch(/^line 0\nline 1\n[\s\S]*\n\[\.\.\. \d+ bytes left out \.\.\.\]\n[\s\S]*line 999\n$/);
  expect(stdout).toHaveLength(200);
  const left = Number(/(\d+) bytes/.exec(stdout)?.[1]);
  expect(stdout.replace(/\n\[.*\]\n/, "").length + left).toBe(lines.join("").length);
});

test("each stream gets what the other one does not need, and half at least", () => {
  const long = "x".repeat(1_000);
  const short = kept(200, [
    ["stdout", long],
    ["stderr", "why"],
  ]);
  expect(short.stderr).toBe("why");
  expect(short.stdout.length).toBeGreaterThan(190);
  const both = kept(200, [
    ["stdout", long],
    ["stderr", long],
  ]);
  expect(both.stdout).toHaveLength(both.stderr.length);
  expect(both.stdout.length).toBeGreaterThan(95);
  const barely = kept(200, [
    ["stdout", "a".repeat(120)],
    ["stderr", "b".repeat(120)],
  ]);
  expect(barely.stdout).toMatch(/^a+\n\[.*\]\na+$/);
  expect(barely.stderr).toMatch(/^b+\n\[.*\]\nb+$/);
});

test("a character that is cut in its middle is left out", () => {
  const { stdout } = kept(101, [["stdout", "é".repeat(1_000)]]);
  expect(stdout).toMatch(/^é+\n\[.*\]\né+$/);
});

test("for programs only the beginning is kept, without a line of the host", () => {
  expect(kept(5, [["stdout", "0123456789"]], true)).toEqual({ stdout: "01234", stderr: "", truncated: true });
});

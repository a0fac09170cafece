import { expect, test, vi } from "vitest";
import { main } from "./bench";

test.each([
  [["--wrong"], /^Usage: npm run bench/],
  [["--times", "10"], /^Usage: npm run bench/],
  [["--compare", "main", "--numbers"], /^Usage: npm run bench/],
  [["--json", "--numbers"], /^Usage: npm run bench/],
  [["--only", "flor"], /^There is no workload "flor": name some of floor, /],
  [["--only", "floor", "--only", "flor"], /^There is no workload "flor"/],
  [["--compare", "main", "--times", "5"], /^--times is a whole number from 6 to 1000/],
  [["--compare", "main", "--only", "browser"], /^browser needs the built pages/],
])("%j is refused with one sentence", async (argv, sentence) => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    expect(await main(argv)).toBe(2);
    expect(said.mock.calls).toEqual([[expect.stringMatching(sentence)]]);
  } finally {
    said.mockRestore();
  }
});

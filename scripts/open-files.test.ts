import { expect, test } from "vitest";
import { checkOpenFiles } from "./open-files.mjs";

test("too few open files are refused with what to raise; where nobody can tell, nothing is", () => {
  const limits = (hard: string) =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax open files            128                  ${hard}                  files\n`;
  expect(() => checkOpenFiles(limits("128"))).toThrow(/may open only 128 files at once, .*`ulimit -n 4096`/);
  for (const told of [limits("1048576"), limits("256"), limits("unlimited"), ""])
    expect(() => checkOpenFiles(told)).not.toThrow();
});

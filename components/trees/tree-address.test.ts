import { expect, test } from "vitest";
import { readAddress, type TreeAddress, writeAddress } from "./tree-address";

const read = (text: string) => readAddress(new URLSearchParams(text));

test("writing and reading an address restores the same view", () => {
  const address: TreeAddress = {
    view: "timeline",
    task: "t1",
    outline: {
      toggled: new Map([
        ["a", false],
        ["b", true],
        ["done:c", true],
      ]),
      every: "folded",
      query: "é & 100 %",
      filter: "problems",
      agent: "coder",
      showFinishing: true,
    },
    files: { path: null, at: null },
  };
  const text = writeAddress(address);
  expect(text).toBe(
    "?view=timeline&task=t1&show=problems&agent=coder&q=%C3%A9+%26+100+%25&all=folded&fold=a&open=b,done%3Ac&finishing=1",
  );
  expect(read(text)).toEqual(address);
});

test("the Files view keeps its file and its moment", () => {
  const text = "?view=files&path=docs%2Fa%26b.md&at=12";
  expect(read(text).files).toEqual({ path: "docs/a&b.md", at: "12" });
  expect(writeAddress(read(text))).toBe(text);
});

test("defaults are left out, and invalid values become defaults", () => {
  expect(writeAddress(read(""))).toBe("");
  expect(writeAddress(read("?view=x&show=constructor&finishing=yes&fold=,,"))).toBe("");
});

test("an address stays short, however many branches were folded", () => {
  const toggled = new Map(Array.from({ length: 500 }, (_, n): [string, boolean] => [`task-number-${n}`, n % 2 === 0]));
  const text = writeAddress({ ...read(""), outline: { ...read("").outline, toggled, query: "x".repeat(5_000) } });
  expect(text.length).toBeLessThan(3_000);
});

test("an address keeps its message while the message's task is open", () => {
  const before = new URLSearchParams("?task=t1&seq=12");
  expect(writeAddress({ ...read("?task=t1"), view: "graph" }, before)).toBe("?view=graph&task=t1&seq=12");
  expect(writeAddress(read("?task=t2"), before)).toBe("?task=t2");
});

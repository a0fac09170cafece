import { expect, test } from "vitest";
import { shownIn } from "./shown";

const ESC = "\u001b";

test("output without controls stays as it was written", async () => {
  for (const text of ["", "a\tb\n\nc", "one\r\ntwo\r\n", "héé 漢字 🙂\n", "a\0b\0", `a${ESC}[31m\0`]) {
    expect(await shownIn(text, "pipe")).toBe(text);
  }
});

test("a line that is drawn again shows its last state", async () => {
  expect(await shownIn("\rget  1 %\rget 50 %\rget 100 %\ndone\n", "pipe")).toBe("get 100 %\ndone\n");
  // What a shorter frame does not cover stays, as on a screen.
  expect(await shownIn("aaaa\rb\n", "pipe")).toBe("baaa\n");
  expect(await shownIn(`aaaa\r${ESC}[Kb`, "pipe")).toBe("b");
  expect(await shownIn("|\b/\b-\bok\n", "pipe")).toBe("ok\n");
});

test("several lines that are drawn again show their last state", async () => {
  const frames = [1, 2, 3].map((n) => `${ESC}[2A${ESC}[2Kone ${n}\n${ESC}[2Ktwo ${n}\n`).join("");
  expect(await shownIn(`head\none 0\ntwo 0\n${frames}end\n`, "pipe")).toBe("head\none 3\ntwo 3\nend\n");
});

test("colours, links, titles and bells are left out; tabs and the ends of lines stay", async () => {
  const link = `${ESC}]8;;https://example.com${ESC}\\text${ESC}]8;;\u0007`;
  expect(await shownIn(`${ESC}[1;32mok${ESC}[0m\ta\r\n`, "pipe")).toBe("ok\ta\r\n");
  expect(await shownIn(`${ESC}]0;title\u0007${link}\tb\u0007\n`, "pipe")).toBe("text\tb\n");
});

test("a line of any length stays one line, in a terminal too", async () => {
  const long = `${"word ".repeat(1_000)}end`;
  expect(await shownIn(`x\r${long}\nend`, "pipe")).toBe(`${long}\nend`);
  expect(await shownIn(`${long}\r\nend\r\n`, "terminal")).toBe(`${long}\nend\n`);
  expect(await shownIn(`x\ry${long}\r\nend\r\n`, "terminal")).toBe(`y${long}\nend\n`);
});

test("lines that have left the screen are kept", async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `line ${index}`);
  expect(await shownIn(`x\r${many.join("\n")}\n`, "pipe")).toBe(`${many.join("\n")}\n`);
});

test("a program on the whole screen shows that screen while it runs, and what was before it afterwards", async () => {
  const editor = `$ edit\r\n${ESC}[?1049h${ESC}[2J${ESC}[3;1Hfile${ESC}[1;1Hmenu`;
  expect(await shownIn(editor, "terminal")).toBe("$ edit\n\nmenu\n\nfile");
  expect(await shownIn(`${editor}${ESC}[?1049lbye\r\n`, "terminal")).toBe("$ edit\nbye\n");
});

test("output that is made to be slow ends, and takes little memory", async () => {
  const most = "2147483647";
  const cases = ["b", "L", "M", "S", "T", "I", "Z", "X", "P", "@", "A", "B", "C", "D", "G", "d", "J", "K", "E", "F"];
  for (const final of cases) {
    expect((await shownIn(`a${ESC}[${most}${final}b\n`, "pipe")).length, final).toBeLessThan(1_000);
  }
  const slow = `${ESC}[499 @`.repeat(100_000);
  expect((await shownIn(`${slow}end\n`, "pipe")).endsWith("end\n")).toBe(true);
});

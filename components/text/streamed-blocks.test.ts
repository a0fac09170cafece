import { expect, test } from "vitest";
import { streamedBlocks } from "./streamed-blocks";

test("complete blocks stay the same while text is added", () => {
  const whole =
    "# Title\n\nFirst **bold** text.\n\n- one\n\n- two\n\nAfter the list.\n\n```js\nconst a = 1;\n\nconst b = 2;\n```\n\nThe end.";
  let before: string[] = [];
  for (let length = 1; length <= whole.length; length += 1) {
    const blocks = streamedBlocks(whole.slice(0, length));
    expect(blocks.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    before = blocks;
  }
  expect(before.join("")).toBe(whole);
  expect(before).toHaveLength(5);
});

test.each([
  ["some **bo", "some **bo**"],
  ["some **", "some "],
  ["a `npm te", "a `npm te`"],
  ["a `", "a "],
  ["`**` is not bold", "`**` is not bold"],
  ["```\nnot `closed", "```\nnot `closed"],
])("marks that are not closed yet are closed: %j", (text, shown) => {
  expect(streamedBlocks(text)).toEqual([shown]);
});

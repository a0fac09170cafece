import { expect, test } from "vitest";
import { attachmentsOf, notReadBy, tokensOf, tooLarge, withFilesFor } from "./attachments";
import type { Attachment, ModelMessage } from "./model";

const image = (id: string, more: Partial<Attachment> = {}): Attachment => ({
  id,
  name: `${id}.png`,
  mediaType: "image/png",
  bytes: 1_000,
  tokens: 100,
  ...more,
});
const pdf = (id: string, more: Partial<Attachment> = {}) =>
  image(id, { name: `${id}.pdf`, mediaType: "application/pdf", tokens: 3_000, ...more });
const message = (...attachments: Attachment[]): ModelMessage => ({
  role: "tool",
  callId: "a",
  toolName: "read_file",
  content: "read",
  isError: false,
  attachments,
});
const BOTH = { reads: ["image", "pdf"], contextTokens: 200_000 } as const;
const shown = (messages: ModelMessage[]) => attachmentsOf(messages).map(({ id }) => id);

test("a model that reads both gets both, and a conversation without files stays the same object", () => {
  const messages = [message(image("a")), message(pdf("b"))];
  expect(withFilesFor(messages, "a/b", BOTH)).toEqual(messages);
  const plain: ModelMessage[] = [{ role: "user", content: "Hello." }];
  expect(withFilesFor(plain, "a/b", BOTH)).toBe(plain);
});

test("what a model does not read is named in the text instead", () => {
  const [first] = withFilesFor([message(image("a"), pdf("b"))], "x/y", { reads: ["image"], contextTokens: 200_000 });
  expect(first).toEqual({
    ...message(image("a")),
    content: "read\n[b.pdf is not shown: As far as is known, x/y does not read PDF files.]",
  });
  const [none] = withFilesFor([message(image("a"))], "x/y", { reads: [], contextTokens: 200_000 });
  expect(none).not.toHaveProperty("attachments");
});

test.each([
  ["21 images", Array.from({ length: 21 }, (_, at) => image(String(at))), 10],
  ["6 PDF files", Array.from({ length: 6 }, (_, at) => pdf(String(at))), 2],
  ["more than 12 MB", Array.from({ length: 5 }, (_, at) => image(String(at), { bytes: 3_000_000 })), 2],
  ["more than 40 % of the context", Array.from({ length: 5 }, (_, at) => pdf(String(at), { tokens: 20_000 })), 2],
])("with %s the newest stay, and half of the room is free again", (_, files, stay) => {
  const messages = files.map((file) => message(file));
  expect(shown(withFilesFor(messages.slice(0, -1), "a/b", BOTH))).toHaveLength(files.length - 1);
  expect(shown(withFilesFor(messages, "a/b", BOTH))).toEqual(files.slice(-stay).map(({ id }) => id));
  // The next request begins as this one does.
  const more = withFilesFor([...messages, message(image("more"))], "a/b", BOTH);
  expect(shown(more)).toEqual([...files.slice(-stay).map(({ id }) => id), "more"]);
});

test.each([
  [image("a", { bytes: 3_500_001 }), "It is larger than 3.5 MB, the most that models take."],
  [pdf("a", { bytes: 4_400_001 }), "It is larger than 4.4 MB, the most that models take."],
  [image("a", { size: [10, 8_001] }), "A side of it is longer than 8000 pixels, the most that models take."],
  [pdf("a", { pages: 101 }), "It has more than 100 pages, the most that models take."],
  [image("a", { bytes: 3_500_000, size: [8_000, 1] }), null],
])("a file that no model takes: %#", (file, why) => {
  expect(tooLarge(file)).toBe(why);
});

test("likely tokens, and a file that would fill the context", () => {
  expect(tokensOf(image("a", { size: [750, 100] }))).toBe(100);
  expect(tokensOf(image("a", { size: [8_000, 8_000] }))).toBe(4_800);
  expect(tokensOf(image("a"))).toBe(4_800);
  expect(tokensOf(pdf("a", { pages: 7 }))).toBe(21_000);
  expect(tokensOf(pdf("a", { bytes: 30_000 }))).toBe(6_000);
  expect(notReadBy(pdf("a", { tokens: 90_000 }), "a/b", BOTH)).toBe(
    "It would take about 90000 tokens, too many for the context of a/b.",
  );
});

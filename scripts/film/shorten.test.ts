import { expect, test } from "vitest";
import { shorten } from "./shorten";

test("a long scene is shown faster, a short one as it was, and what follows moves up", () => {
  const jpeg = Buffer.alloc(0);
  const film = {
    frames: [0, 1_000, 21_000, 42_000, 44_000].map((atMs) => ({ atMs, jpeg })),
    captions: [
      { fromMs: 1_000, toMs: 41_000, text: "long" },
      { fromMs: 41_000, toMs: 45_000, text: "short" },
    ],
    lengthMs: 46_000,
  };
  const { frames, captions, lengthMs } = shorten(film, 8_000);
  expect(frames.map(({ atMs }) => atMs)).toEqual([0, 1_000, 5_000, 10_000, 12_000]);
  expect(captions).toEqual([
    { fromMs: 1_000, toMs: 9_000, text: "long" },
    { fromMs: 9_000, toMs: 13_000, text: "short" },
  ]);
  expect(lengthMs).toBe(14_000);
});

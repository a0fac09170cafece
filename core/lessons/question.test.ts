import { expect, test } from "vitest";
import { questionIn } from "./question";

test.each([
  ["what helped with ECONNRESET in shop?", { asks: "helped", need: "ECONNRESET", place: "shop" }],
  ["What helped with ECONNRESET", { asks: "helped", need: "ECONNRESET", place: null }],
  ["what helps against a pool that hangs?", { asks: "helped", need: "a pool that hangs", place: null }],
  [
    "what fixed “Exceeded timeout” in the repository orders-api",
    { asks: "helped", need: "Exceeded timeout", place: "orders-api" },
  ],
  ["which lessons help with SQLITE_BUSY", { asks: "helped", need: "SQLITE_BUSY", place: null }],
  ["how do I fix invalid ELF header?", { asks: "helped", need: "invalid ELF header", place: null }],
  ["how to solve ECONNRESET", { asks: "helped", need: "ECONNRESET", place: null }],
  ["How was ECONNRESET fixed in shop?", { asks: "helped", need: "ECONNRESET", place: "shop" }],
  ["how was ECONNRESET fixed?", { asks: "helped", need: "ECONNRESET", place: null }],
  ["ECONNRESET", { asks: "helped", need: "ECONNRESET", place: null }],
  ["read ECONNRESET in shop", { asks: "helped", need: "read ECONNRESET", place: "shop" }],
  [
    "error in Error: connect in a test in https://git.example/shop.git",
    { asks: "helped", need: "error in Error: connect in a test", place: "https://git.example/shop.git" },
  ],
  ["what failed in shop", { asks: "failed", need: null, place: "shop" }],
  ["What went wrong in shop?", { asks: "failed", need: null, place: "shop" }],
  ["which errors were met in shop?", { asks: "failed", need: null, place: "shop" }],
  ["what failed with timeout in shop?", { asks: "failed", need: "timeout", place: "shop" }],
  ["what failed?", { asks: "failed", need: null, place: null }],
  ["what does coder know about ECONNRESET?", { asks: "known", agent: "coder", need: "ECONNRESET", place: null }],
  [
    "what does goal_planner know about tests in shop",
    { asks: "known", agent: "goal_planner", need: "tests", place: "shop" },
  ],
  ["what has coder learnt in shop?", { asks: "known", agent: "coder", need: null, place: "shop" }],
  ["what was coder shown?", { asks: "known", agent: "coder", need: null, place: null }],
  ["why is the sky blue?", null],
  ["who are you?", null],
  ["  ? ", null],
  ["", null],
])("%s", (text, expected) => {
  expect(questionIn(text)).toEqual(expected);
});

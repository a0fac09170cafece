import { expect, test } from "vitest";
import { agrees, isStop, isYes } from "./answers";

test.each(["Stop", "stop.", " No ", "halt!", "End", "Stop it.", "stop here", "Stop, this makes no sense"])(
  "%j ends",
  (answer) => {
    expect([isStop(answer), isYes(answer), agrees(answer)]).toEqual([true, false, false]);
  },
);

test.each([
  "No new dependencies: use the standard library",
  "End-to-end tests first",
  "Stop using regular expressions; write a parser",
  "No, first the parser",
  "Yes, but without the cache",
  "ok if it is fast",
])("%j corrects a plan", (answer) => {
  expect([isStop(answer), isYes(answer), agrees(answer)]).toEqual([false, false, false]);
});

test.each(["Yes", "yes!", "ok", "Agreed."])("%j agrees", (answer) => {
  expect([isStop(answer), isYes(answer), agrees(answer)]).toEqual([false, true, true]);
});

test.each(["Yes, these are right", "Yes, it counts", "OK, thank you"])(
  "%j agrees where only that was asked",
  (answer) => {
    expect([isStop(answer), isYes(answer), agrees(answer)]).toEqual([false, false, true]);
  },
);

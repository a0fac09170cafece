import { expect, test } from "vitest";
import { offeredAnswers, withoutOffered } from "./offered-answers";

test("a place with buttons shows the question without the answers that the buttons have", () => {
  const question = "Which name?\n\nThe old ones:\n- Oak\n\nPick one.\n\n- Banyan\n- Baobab";
  expect(offeredAnswers(question, null)).toEqual(["Banyan", "Baobab"]);
  expect(withoutOffered(question, null)).toBe("Which name?\n\nThe old ones:\n- Oak\n\nPick one.");
  expect(withoutOffered("Which name?", "Oak")).toBe("Which name?");
});

test("a list of which a button shows only a part stays", () => {
  const explained = "Which name?\n- Banyan\n  It is a tree.\n- Baobab";
  expect(withoutOffered(explained, null)).toBe(explained);
  const long = `Which name?\n- Banyan\n- ${"a".repeat(300)}`;
  expect(withoutOffered(long, null)).toBe(long);
});

import { expect, test } from "vitest";
import { offeredAnswers, partsOfAnswer, withoutOffered } from "./offered-answers";

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

test("an answer has what is chosen, and what is said about it", () => {
  expect(partsOfAnswer("EUR: as in last month’s report")).toEqual({
    choice: "EUR",
    about: "as in last month’s report",
  });
  expect(partsOfAnswer("No – clients break")).toEqual({ choice: "No", about: "clients break" });
  expect(partsOfAnswer("Match both. Nothing changes.")).toEqual({ choice: "Match both", about: "Nothing changes." });
  expect(partsOfAnswer("Use v2.4.1")).toEqual({ choice: "Use v2.4.1", about: "" });
  expect(partsOfAnswer("Yes: ")).toEqual({ choice: "Yes: ", about: "" });
});

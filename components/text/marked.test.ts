import { expect, test } from "vitest";
import { wordPattern } from "./marked";

const marks = (text: string, query: string) => [...text.matchAll(wordPattern(query) ?? /$^/g)].map((match) => match[0]);

test("the beginnings of words are marked, without regard to case; signs in the search have no effect", () => {
  expect(marks("Other the THEN lathe", "the")).toEqual(["the", "THE"]);
  expect(marks("src/index.ts and Index", "index.ts")).toEqual(["index", "ts", "Index"]);
  expect(marks("Übung macht", "(übung|")).toEqual(["Übung"]);
  expect(wordPattern(" – ")).toBeNull();
});

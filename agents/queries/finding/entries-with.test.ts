import { expect, test } from "vitest";
import { entriesWith } from "./entries-with";

const listed =
  (...names: [string, string][]) =>
  () =>
    names.map(([name, description]) => ({ name, description }));
const configuration = {
  agents: listed(["researcher", "Reads files and searches the web"], ["coder", "Edits files"]),
  documents: listed(["web_rules", "How to search"]),
  tools: listed(["search_web", "Finds pages"], ["search_files", "Finds text in files"]),
  runbooks: listed(["repository-survey", "Counts files"]),
};
const found = (text: string, limit = 10) => entriesWith(configuration, text, limit).map((entry) => entry.name);

test("Names that begin with the words come first, then names that contain them, then descriptions", () => {
  expect(found("search files")).toEqual(["search_files", "researcher"]);
  expect(found("web")).toEqual(["web_rules", "search_web", "researcher"]);
  expect(found("SURVEY")).toEqual(["repository-survey"]);
  expect(found("files", 2)).toEqual(["search_files", "researcher"]);
  expect(found("nothing")).toEqual([]);
});

test("Each entry names its kind", () => {
  expect(entriesWith(configuration, "repository", 1)).toEqual([
    { kind: "runbook", name: "repository-survey", description: "Counts files" },
  ]);
});

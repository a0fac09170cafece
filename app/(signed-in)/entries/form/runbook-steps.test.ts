import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseRunbook } from "@/lib/models/runbook/parse";
import { EMPTY } from "../kinds/empty-fields";
import { stepsOf, withoutFrontMatter } from "./runbook-steps";

test.each(["repository-survey", "repository-folder", "dependency-check"])(
  "the steps that are shown of %s are those that are followed",
  (name) => {
    const text = readFileSync(`seeds/runbooks/${name}.md`, "utf8");
    const followed = parseRunbook(text).runbook?.steps ?? [];
    const shown = stepsOf(text);
    expect(shown.map((step) => step.title)).toEqual(followed.map((step) => step.title));
    expect(shown.map((step) => step.when !== null)).toEqual(followed.map((step) => step.when !== null));
    const tools = followed.map(({ action }) =>
      action.verb === "call" ? action.tool : action.verb.replaceAll("_", " "),
    );
    expect(shown.map((step) => step.does)).toEqual(tools);
  },
);

test("the front matter is taken off, whatever its line ends, and a text without one stays", () => {
  expect(withoutFrontMatter("---\r\nname: a\r\n---\r\n# A\r\n")).toBe("# A\r\n");
  expect(withoutFrontMatter("# A\n\n---\n")).toBe("# A\n\n---\n");
});

test("what a new runbook begins with can be saved as it is", () => {
  expect(parseRunbook(EMPTY.runbook.text).errors).toBeUndefined();
});

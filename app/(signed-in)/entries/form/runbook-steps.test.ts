import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseRunbook } from "@/lib/models/runbook/parse";
import { EMPTY } from "../kinds/empty-fields";
import { stepsOf, withoutFrontMatter } from "./runbook-steps";

test.each(["repository-survey", "repository-folder", "dependency-check"])(
  "shows the steps of %s that the runtime executes",
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

test("removes the front matter with any line ending, and keeps a text without front matter", () => {
  expect(withoutFrontMatter("---\r\nname: a\r\n---\r\n# A\r\n")).toBe("# A\r\n");
  expect(withoutFrontMatter("# A\n\n---\n")).toBe("# A\n\n---\n");
});

test("the template of a new runbook is valid", () => {
  expect(parseRunbook(EMPTY.runbook.text).errors).toBeUndefined();
});

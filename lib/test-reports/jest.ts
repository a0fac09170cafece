/** Reads the JSON report of Vitest and Jest, which have the same form. */
import path from "node:path";
import { z } from "zod";
import { SANDBOX_ROOT } from "@/lib/workspace/path";
import { caseOf, JOINT, type TestCase, WHOLE_FILE } from "./cases";

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string().optional(),
      assertionResults: z.array(
        z.object({ ancestorTitles: z.array(z.string()).default([]), title: z.string(), status: z.string() }),
      ),
    }),
  ),
});

/** Of `vitest list --json`; its names are joined. */
const List = z.array(z.object({ name: z.string(), file: z.string() }));

export function readJest(text: string): TestCase[] {
  return Report.parse(JSON.parse(text)).testResults.flatMap(({ name, status, assertionResults }) => {
    const file = fileOf(name);
    if (status === "failed" && assertionResults.every((assertion) => assertion.status !== "failed"))
      return [caseOf(file, [WHOLE_FILE], "failed"), ...assertionResults.map((assertion) => caseIn(file, assertion))];
    return assertionResults.map((assertion) => caseIn(file, assertion));
  });
}

/** Returns the tests that Vitest names without running them, each as passed; none for a text that is no list. */
export function readList(text: string | null): TestCase[] {
  try {
    return List.parse(JSON.parse(text ?? "")).map(({ name, file }) =>
      caseOf(fileOf(file), name.split(JOINT), "passed"),
    );
  } catch {
    return [];
  }
}

function fileOf(name: string): string {
  return path.isAbsolute(name) ? path.relative(SANDBOX_ROOT, name) : name;
}

function caseIn(
  file: string,
  { ancestorTitles, title, status }: { ancestorTitles: string[]; title: string; status: string },
) {
  return caseOf(file, [...ancestorTitles, title], statusOf(status));
}

function statusOf(status: string): TestCase["status"] {
  if (status === "passed") return "passed";
  return ["skipped", "pending", "todo", "disabled"].includes(status) ? "skipped" : "failed";
}

/** The result of one test. */
export interface TestCase {
  /** File and names, joined with " > ". */
  id: string;
  /** Relative to the repository; null where the report does not say. */
  file: string | null;
  name: string;
  status: "passed" | "failed" | "skipped";
}

/** Separates the parts of an id. */
export const JOINT = " > ";
/** Stands for a file whose tests could not be read, because it failed as a whole. */
export const WHOLE_FILE = "(the file)";

export function caseOf(file: string | null, names: readonly string[], status: TestCase["status"]): TestCase {
  const clean = names.map((name) => name.trim()).filter((name) => name !== "");
  return { id: [...(file === null ? [] : [file]), ...clean].join(JOINT), file, name: clean.join(" "), status };
}

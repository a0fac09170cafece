import table from "./languages.json";

export interface Language {
  name: string;
  /** False for prose and data: they have lines but no lines of code, and need no licence header. */
  programming: boolean;
  extensions: string[];
  /** What begins a comment to the end of the line. */
  line?: string[];
  /** What begins and ends a comment over several lines. */
  block?: string[];
}

const byName = new Map<string, Language>(table.languages.map((language) => [language.name, language]));
const byExtension = new Map<string, Language>(
  table.languages.flatMap((language) => language.extensions.map((extension) => [extension, language] as const)),
);
const byFileName = new Map<string, string>(Object.entries(table.names));

/** The language of a file by its name; null when the table does not know it. */
export function languageOf(fileName: string): Language | null {
  const special = byFileName.get(fileName);
  if (special) return byName.get(special) ?? null;
  const dot = fileName.lastIndexOf(".");
  return dot < 0 ? null : (byExtension.get(fileName.slice(dot + 1).toLowerCase()) ?? null);
}

const TEST_FOLDER = /(^|\/)(tests?|__tests__|specs?)\//i;
const TEST_NAME =
  /(\.(test|spec)\.[a-z]+|_(test|spec)\.[a-z]+|(^|\/)test_[^/]*\.py|[a-z0-9](Test|Tests|Spec|IT)\.(java|kt|kts|scala|cs|swift|groovy))$/;

/** True for source files that are tests by their name, or lie in a folder of tests. */
export function isTestFile(path: string): boolean {
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  if (!languageOf(fileName)?.programming) return false;
  return TEST_NAME.test(path) || TEST_FOLDER.test(path);
}

export function isLicenceFile(fileName: string): boolean {
  return /^(licen[cs]e|copying|unlicense)([.-].*)?$/i.test(fileName);
}

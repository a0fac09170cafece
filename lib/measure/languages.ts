import table from "./languages.json";

export interface Language {
  name: string;
  /** False for prose and data, which have no lines of code and need no licence header. */
  programming: boolean;
  extensions: string[];
  /** The marks that begin a comment to the end of the line. */
  line?: string[];
  /** The marks that begin and end a comment over several lines. */
  block?: string[];
}

const byName = new Map<string, Language>(table.languages.map((language) => [language.name, language]));
const byExtension = new Map<string, Language>(
  table.languages.flatMap((language) => language.extensions.map((extension) => [extension, language] as const)),
);
const byFileName = new Map<string, string>(Object.entries(table.names));

/** Returns the language of a file by its name; null for an unknown one. */
export function languageOf(fileName: string): Language | null {
  const special = byFileName.get(fileName);
  if (special) return byName.get(special) ?? null;
  const dot = fileName.lastIndexOf(".");
  return dot < 0 ? null : (byExtension.get(fileName.slice(dot + 1).toLowerCase()) ?? null);
}

const TEST_FOLDER = /(^|\/)(tests?|__tests__|specs?)\//i;
const TEST_NAME =
  /(\.(test|spec)\.[a-z]+|_(test|spec)\.[a-z]+|(^|\/)test_[^/]*\.py|[a-z0-9](Test|Tests|Spec|IT)\.(java|kt|kts|scala|cs|swift|groovy))$/;

/** Whether a source file is a test by its name, or by its folder. */
export function isTestFile(path: string): boolean {
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  if (!languageOf(fileName)?.programming) return false;
  return TEST_NAME.test(path) || TEST_FOLDER.test(path);
}

export function isLicenceFile(fileName: string): boolean {
  return /^(licen[cs]e|copying|unlicense)([.-].*)?$/i.test(fileName);
}

/**
 * The scope of a work: what it may change of a folder. Everything else is as at the start when the work is checked. A
 * list of files that must not change is never complete, so the scope lists those that may.
 */
import { decidesRuns } from "@/lib/test-reports/setting-names";
import { isManifest, isSetting, isTestFile, namedIn } from "@/lib/test-reports/test-side";
import { compileGlobs } from "@/lib/workspace/glob";
import { isPackage } from "./packages";
import { isOfShell, productGlobs } from "./product-names";

export interface ScopeRules {
  /**
   * Globs of the files that may change. `**` alone is everything; any other glob covers tests and settings only if it
   * names them.
   */
  scope: readonly string[];
  /** Globs of the files that may not change, whatever the scope says. */
  protect: readonly string[];
  /** The commands that check, and the scripts that they run. */
  commands: readonly string[];
  /** Further paths that decide about the work, such as scripts that the commands run. */
  decides?: readonly string[];
}

export const EVERYTHING = "**";

/** Returns whether the work may change a path. Throws a WorkspaceError for a glob that is none. */
export function scopeOf({ scope, protect, commands, decides = [] }: ScopeRules): (path: string) => boolean {
  const deciding = new Set(decides);
  const isProtected = compileGlobs(protect);
  const isCheck = checksNamedBy(commands);
  const isEverything = scope.includes(EVERYTHING);
  const isMatched = compileGlobs(scope);
  const isNamed = compileGlobs(scope.filter(namesFixed));
  return (path) => {
    if (isProtected(path)) return false;
    if (isEverything) return true;
    if (isPackage(path)) return false;
    return isFixed(path) || isCheck(path) || deciding.has(path) ? isNamed(path) : isMatched(path);
  };
}

/** Tests, expected values, settings of tools and vendored code, because nobody is judged by files that they changed. */
function isFixed(path: string): boolean {
  return isTestFile(path) || isSetting(path) || isManifest(path) || EXPECTED.test(path) || VENDORED.test(path);
}

/** Whether a path holds expected values of tests, by its name. */
export function isExpected(path: string): boolean {
  return EXPECTED.test(path);
}

const EXPECTED = /(^|[/._-])(expected|goldens?|fixtures?|testdata)([/._-]|$)/i;

/** Whether a glob is about tests or settings, or names one path. */
function namesFixed(glob: string): boolean {
  const sample = glob
    .replace(/\{([^{},]*)[^{}]*\}/g, "$1")
    .replace(/\[[^\]]*\]/g, "x")
    .replace(/\*+|\?/g, "x");
  return sample === glob || isFixed(sample);
}

/** Names of files that a command checks with. A command may also name the program that the work is about. */
const CHECKS =
  /(^|[/._-])(check|verify|validate|tests?|spec|expected|golden|fixtures?|snapshots?|smoke|e2e|ci)([/._-]|$)|\.(sh|bats)$/i;

function checksNamedBy(commands: readonly string[]): (path: string) => boolean {
  const named = namedIn(commands);
  return (path) => named.has(path) && CHECKS.test(path);
}

/** Code of others that a repository keeps, also a repository beside others. */
const VENDORED = /^([^/]+\/)?(vendor|third_party)\//;

/** Extensions of sources that belong together: a work that may change one may add the others. */
const FAMILIES: readonly (readonly string[])[] = [
  ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro", "html", "css", "scss"],
  ["py", "pyi"],
  ["go"],
  ["rs"],
  ["java", "kt", "scala", "groovy"],
  ["rb", "erb"],
  ["php"],
  ["c", "h", "cc", "cpp", "cxx", "hpp", "hh"],
  ["cs", "fs", "vb"],
  ["swift"],
  ["ex", "exs", "erl"],
  ["lua"],
  ["dart"],
  ["hs"],
  ["sh", "bash"],
  ["sql"],
];
const DOCUMENTS = "*.md";

/** Files of a folder that holds no work yet. */
const ABOUT_THE_FOLDER =
  /^(readme|license|licence|copying|notice)(\.[a-z]+)?$|^\.(gitignore|gitattributes|banyan(\/|$))/i;

type Proposing = Pick<ScopeRules, "protect" | "commands" | "decides">;

/**
 * Returns the scope that the host proposes for a folder with these files: all that is no test, setting, lock file, expected
 * value or package, in whatever language. An empty folder has neither tests nor settings yet, so there the work makes
 * everything.
 */
export function proposedScope(files: readonly string[], rules: Proposing): string[] {
  const own = ownOf(files);
  if (own.every((path) => ABOUT_THE_FOLDER.test(path))) return [EVERYTHING];
  const isFree = freeOf(rules);
  const product = own.filter((path) => isFree(path) && !isFixed(path) && !isHidden(path));
  const named = productGlobs(
    own.filter((path) => !isHidden(path) && !VENDORED.test(path) && !isManifest(path)),
    unnamedOf(rules, isFree),
  );
  const folders = [...new Set(product.flatMap((path) => /^[^/]+(?=\/)/.exec(path) ?? []))].sort();
  const isOnlyTests = product.length === 0 && named.length === 0;
  const languages = isOnlyTests ? own.filter(isTestFile) : product;
  const families = FAMILIES.filter((family) => languages.some((path) => familyOf(path) === family));
  const hasOther = families.length > 0 || named.length > 0;
  const shell = hasOther ? [] : shellSources(own, rules);
  // Without code and folders, the work is about the existing files.
  if (families.length === 0 && folders.length === 0 && named.length + shell.length === 0) return ["**/*"];
  const globs = [
    ...families.map(globOf),
    ...otherGlobs(product.filter((path) => !path.includes("/"))),
    ...folders.map((folder) => `${escaped(folder)}/**`),
    ...named,
    ...shell,
  ];
  return [...globs.filter((glob) => glob !== DOCUMENTS), DOCUMENTS];
}

/**
 * Returns the files that may be the work and are outside a scope, among all that may be: neither tests with their expected
 * values nor settings, lock files, manifests and packages.
 */
export function outsideOf(
  files: readonly string[],
  scope: readonly string[],
  rules: Proposing,
): { paths: string[]; of: number } {
  const isInScope = scopeOf({ ...rules, scope });
  const work = ownOf(files).filter((path) => isInScope(path) || mayBeWork(path));
  return { paths: work.filter((path) => !isInScope(path)), of: work.length };
}

function mayBeWork(path: string): boolean {
  return (
    !isTestFile(path) &&
    !isExpected(path) &&
    !decidesRuns(path) &&
    !isManifest(path) &&
    !ABOUT_THE_FOLDER.test(path) &&
    !isHidden(path)
  );
}

function ownOf(files: readonly string[]): string[] {
  return files.filter((path) => !path.split("/").includes(".git") && !isPackage(path));
}

/** Whether a path may change as far as commands and globs of protected files say. */
function freeOf({ protect, commands, decides = [] }: Proposing): (path: string) => boolean {
  const isCheck = checksNamedBy(commands);
  const isProtected = compileGlobs(protect);
  const deciding = new Set(decides);
  return (path) => !isCheck(path) && !isProtected(path) && !deciding.has(path);
}

/** A file whose name is like a test's and that a command names is one. */
function unnamedOf({ commands }: Proposing, isFree: (path: string) => boolean): (path: string) => boolean {
  const named = namedIn(commands);
  return (path) => isFree(path) && !named.has(path);
}

/** Settings of tools and of the account lie in files and folders whose names begin with a dot. */
function isHidden(path: string): boolean {
  return path.startsWith(".");
}

/**
 * Returns the scripts of a repository that has no other code. They run each other, so those that decide elsewhere are the
 * work here; but not tests, what a command itself runs, and what says by its name that it checks.
 */
function shellSources(own: readonly string[], { protect, commands }: Proposing): string[] {
  if (!isOfShell(own)) return [];
  const named = namedIn(commands);
  const isProtected = compileGlobs(protect);
  const found = own.filter(
    (path) =>
      /\.(sh|bash)$/.test(path) &&
      !isTestFile(path) &&
      !named.has(path) &&
      !isProtected(path) &&
      !SAYS_CHECK.test(path),
  );
  return found.length > MOST_SCRIPTS ? [] : found.map(escaped);
}

const SAYS_CHECK = /assert|check|expect|test|validate|verify/i;
/** More of them say that the names follow another custom. */
const MOST_SCRIPTS = 60;

/** Returns globs of files at the top that belong to no family: by their extension, or by their name. */
function otherGlobs(paths: readonly string[]): string[] {
  const globs = paths
    .filter((path) => !familyOf(path) && !ABOUT_THE_FOLDER.test(path))
    .map((path) => (/\.\w+$/.test(path) ? `*${/\.\w+$/.exec(path)?.[0]}` : escaped(path)));
  return [...new Set(globs)].sort();
}

/** A name may hold signs of globs, such as `[slug]`. */
function escaped(name: string): string {
  return name.replace(/[[\]{}()*?!\\]/g, "\\$&");
}

function familyOf(path: string): readonly string[] | undefined {
  const extension = /\.([a-z]+)$/.exec(path)?.[1] ?? "";
  return FAMILIES.find((family) => family.includes(extension));
}

function globOf(family: readonly string[]): string {
  return family.length === 1 ? `*.${family[0]}` : `*.{${family.join(",")}}`;
}

/**
 * Files of the product whose names look like those of tests, settings or programs of a build: `src/main/java/LoadTest.java`,
 * `bin/main.ml`, `src/spec/parser.ts`. A file counts as one only where the custom of its language says so.
 */
import { isInProgramFolder, isOfTool } from "@/lib/test-reports/setting-names";
import { isTestFolder, isTestName, wordsOf } from "@/lib/test-reports/test-names";
import { isSetting, isTestFile } from "@/lib/test-reports/test-side";

/** Names that only tests and their material have, by the language's own custom. */
const STRICT: readonly { files: RegExp; tests: RegExp }[] = [
  {
    files: /\.([cm]?[jt]sx?|vue|svelte)$/,
    tests: /\.(tests?|specs?|e2e|cy|it|test-d|spec-d|e2e-spec|bench-test|mocks?|fixtures?|golden)\.|^(setup)?tests?\./i,
  },
  { files: /\.pyi?$/, tests: /^test_|_test\.py$|^tests?\.py$|^conftest\.py$/ },
  { files: /\.go$/, tests: /_test\.go$/ },
  { files: /\.(java|kt|groovy|scala)$/, tests: /(Tests?|TestCases?|IT|Specs?|Suite)\.\w+$/ },
  { files: /\.rb$/, tests: /_(test|spec)\.rb$|^test_|^(test|spec)_helper\.rb$/ },
  { files: /\.rs$/, tests: /^tests?\.rs$|_tests?\.rs$|^test_/ },
  { files: /\.php$/, tests: /Test(Case)?\.php$/ },
  { files: /\.exs?$/, tests: /_test\.exs$|^test_helper\.exs$/ },
  { files: /\.dart$/, tests: /_test\.dart$/ },
  { files: /\.swift$/, tests: /Tests?\.swift$/ },
  { files: /\.(cs|fs|vb)$/, tests: /Tests?\.\w+$/ },
];

/** Where a product's code lies: by itself, or in one package of several. */
const ROOT =
  /^((packages|apps|libs|crates|services|modules|plugins)\/[^/]+\/)?(src|lib|app|pkg|internal|source|sources|include)\//i;
/** Maven's and Gradle's layout, which keeps tests in `src/test`. */
const MAIN = /(^|\/)src\/(main|commonMain|androidMain|jvmMain|iosMain)\//;
/** Folders that hold tests in one repository and a product in another. */
const EITHER = new Set(["testing", "spec", "specs"]);
const DATA_OR_TEXT = /\.(jsonc?|ya?ml|toml|xml|txt|csv|tsv|pdf|proto|raml|graphqls?|mdx?|rst|adoc|html|svg|png)$/i;
/** Programs of a build are in languages that need no build themselves. */
const NEEDS_BUILD =
  /\.(rs|go|c|h|cc|cpp|cxx|hpp|java|kt|scala|cs|fs|vb|swift|ml|mli|hs|zig|nim|d|dart|gd|tscn|f90|f95|jl|cr|elm|sol|ex)$/;
const CODE = /\.[a-z]\w*$/i;

/**
 * Returns globs of such files among those of a folder. `isFree`: whether a path is free to change, which no file is that a
 * command names.
 */
export function productGlobs(own: readonly string[], isFree: (path: string) => boolean): string[] {
  if (isShellProject(own, isFree)) return own.filter((path) => SHELL.test(path) && isFree(path) && !isTestFile(path));
  const globs = own.flatMap((path) => (isFree(path) && isFixedByName(path) ? globOf(path, own, isFree) : []));
  return [...new Set(globs)].sort().slice(0, MOST_GLOBS);
}

const SHELL = /\.(sh|bash|zsh|fish)$/;
const ABOUT_CODE = /\.(md|mdx|rst|adoc|txt|csv|tsv|sql|jsonc?|ya?ml|toml|conf|ini|env|svg|png)$/i;

/** Whether shell scripts are what a repository is about, and no command runs one of them: nobody knows which it reads. */
function isShellProject(own: readonly string[], isFree: (path: string) => boolean): boolean {
  const scripts = own.filter(isShellSource);
  return isOfShell(own) && scripts.length <= MOST_GLOBS && scripts.every(isFree);
}

const isShellSource = (path: string) => SHELL.test(path) && !isTestFile(path);

/** Whether a repository has shell scripts and no other code. */
export function isOfShell(own: readonly string[]): boolean {
  const others = own.filter(
    (path) => !path.startsWith(".") && !SHELL.test(path) && CODE.test(path) && !ABOUT_CODE.test(path),
  );
  const isCode = (path: string) => !isTestFile(path) && !isSetting(path);
  return own.some(isShellSource) && !others.some(isCode);
}

/** More of them say that the names follow another custom. */
const MOST_GLOBS = 60;

function isFixedByName(path: string): boolean {
  return isTestFile(path) || isSetting(path) || LIKE_EXPECTED.test(path);
}

/**
 * Code that is named like the expected values of tests, such as the type `expected` of C++ or a fixture in sports. In
 * JavaScript a file of that name may hold the values.
 */
const LIKE_EXPECTED = /(^|\/)(expected|goldens?|fixtures?)\.(h|hh|hpp|cc|cpp|cxx|rb|rs|go|java|kt|cs|swift|ex|dart)$/i;
const OF_EXPECTED = /(^|\/)(expected|goldens?|fixtures?|testdata)([/._-]|$)/i;

function globOf(path: string, own: readonly string[], isFree: (path: string) => boolean): string[] {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  if (isSetting(path)) return programGlob(path, name, own, isFree);
  const at = folders.findLastIndex(isTestFolder);
  if (MAIN.test(path)) return [at >= 0 ? `${folders.slice(0, at + 1).join("/")}/**` : path];
  if (at >= 0) return folderGlob(folders.slice(0, at + 1).join("/"), own);
  if (!isInRoot(path, own) || DATA_OR_TEXT.test(name) || isStrict(name)) return [];
  if (OF_EXPECTED.test(path) && !LIKE_EXPECTED.test(path)) return [];
  if (isTestName(name) && !hasOtherTests(name, own)) return [];
  return [path];
}

/** A program that is compiled, a command-line tool in `bin`, or a hook of React. No build of it is known. */
function programGlob(path: string, name: string, own: readonly string[], isFree: (path: string) => boolean): string[] {
  // A setting deep in the product, such as Angular's `src/app/app.config.ts`, belongs to no tool.
  if (/\.config\.[cm]?[jt]sx?$/.test(name) && !isOfTool(name) && /^([^/]+\/)*src\/[^/]+\//.test(path)) return [path];
  if (!isInProgramFolder(path) || isTestFile(path)) return [];
  const top = topFolder(path);
  const all = own.filter((other) => other.startsWith(`${top}/`));
  if (!all.every(isFree)) return [];
  const ending = CODE.exec(name)?.[0];
  if (ending === undefined) return [];
  const isHook = top.endsWith("hooks") && /^use[A-Z-].*\.[jt]sx?$/.test(name);
  const isTool = top.endsWith("bin") && /\.([cm]?[jt]s|py|rb)$/.test(name);
  return NEEDS_BUILD.test(name) || isHook || isTool ? [`${top}/**/*${ending}`] : [];
}

function topFolder(path: string): string {
  const folders = path.split("/").slice(0, -1);
  const at = folders.findIndex((_, index) => isInProgramFolder(`${folders.slice(0, index + 1).join("/")}/x`));
  return folders.slice(0, at + 1).join("/");
}

/** A folder with a name of tests in which no file is one. */
function folderGlob(folder: string, own: readonly string[]): string[] {
  const name = folder.slice(folder.lastIndexOf("/") + 1).toLowerCase();
  const words = wordsOf(name);
  if (!EITHER.has(name) && (words.length < 2 || /^(test|tests|spec|golden|e2e)$/.test(words[0] ?? ""))) return [];
  const inside = own.filter((path) => path.startsWith(`${folder}/`));
  const isSpecification =
    name.startsWith("spec") && inside.every((path) => DATA_OR_TEXT.test(path) && !OF_EXPECTED.test(path));
  if (isSpecification) return [`${folder}/**`];
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const hasTests = inside.some((path) => isStrict(nameOf(path)) || (!hasCustom(path) && isTestName(nameOf(path))));
  if (hasTests || !inside.every((path) => isInRoot(path, own))) return [];
  // Otherwise nobody knows whether these are the tests.
  return hasTestsOutside(folder, own) ? [`${folder}/**`] : [];
}

function isInRoot(path: string, own: readonly string[]): boolean {
  if (ROOT.test(path) || MAIN.test(path) || path.endsWith(".go")) return true;
  const top = path.split("/", 1)[0] ?? "";
  return path.includes("/") && !isTestFolder(top) && own.includes(`${top}/__init__.py`);
}

function hasCustom(name: string): boolean {
  return STRICT.some(({ files }) => files.test(name));
}

/** Whether the custom of its language says that a file is a test. */
function isStrict(name: string): boolean {
  return STRICT.some(({ files, tests }) => files.test(name) && tests.test(name));
}

/**
 * Whether a name is that of no test because the tests are elsewhere. JavaScript's runners take `sum-test.js` too, so there
 * the repository has to have tests of a stricter name.
 */
function hasOtherTests(name: string, own: readonly string[]): boolean {
  if (!hasCustom(name)) return false;
  const { files } = STRICT.find((custom) => custom.files.test(name)) ?? {};
  if (files !== STRICT[0]?.files) return true;
  return own.some((path) => {
    const other = path.slice(path.lastIndexOf("/") + 1);
    return files?.test(other) && (isStrict(other) || isTestFolder(path.split("/", 1)[0] ?? ""));
  });
}

function hasTestsOutside(folder: string, own: readonly string[]): boolean {
  return own.some((path) => !path.startsWith(`${folder}/`) && isTestFile(path));
}

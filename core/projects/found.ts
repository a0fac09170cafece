/**
 * What a repository's files say about how it is shown to work and how its packages are installed. Pure. Nothing is run, and
 * nothing counts before a person has confirmed it: a file may say what is not so.
 */
import type { FoundCheck, RepositoryFiles } from "./files";
import { testTargetOf } from "./makefile";
import { packageChecks } from "./package-checks";
import { pythonChecks } from "./python-checks";

export interface FoundInRepository {
  /**
   * Each way that the files show, the most telling first. None: a person has to say how it is shown. Several: a person has
   * to choose.
   */
  checks: FoundCheck[];
  /** What it is written with, by its manifests: "npm", "Python", …; sorted. */
  kinds: string[];
}

type Finder = (files: RepositoryFiles) => FoundCheck[];

const one = (command: string, from: string): FoundCheck[] => [{ command, from }];

/** A kind of repository: the file that marks it, and its checks. The order is the order of the checks. */
const KINDS: Record<string, { marks: RegExp; checks: Finder }> = {
  npm: { marks: /^package\.json$/, checks: packageChecks },
  Deno: { marks: /^deno\.jsonc?$/, checks: ({ paths }) => one("deno test", firstOf(paths, /^deno\.jsonc?$/)) },
  Rust: {
    marks: /^Cargo\.toml$/,
    checks: ({ read }) =>
      one(/^\[workspace\]/m.test(read("Cargo.toml") ?? "") ? "cargo test --workspace" : "cargo test", "Cargo.toml"),
  },
  Go: { marks: /^go\.(mod|work)$/, checks: goChecks },
  Python: {
    marks: /^(pyproject\.toml|setup\.py|setup\.cfg|requirements\.txt|pytest\.ini|tox\.ini)$/,
    checks: pythonChecks,
  },
  Maven: {
    marks: /^pom\.xml$/,
    checks: ({ paths }) => one(paths.has("mvnw") ? "./mvnw --quiet test" : "mvn --quiet test", "pom.xml"),
  },
  Gradle: {
    marks: /^build\.gradle(\.kts)?$/,
    checks: ({ paths }) =>
      one(paths.has("gradlew") ? "./gradlew test" : "gradle test", firstOf(paths, /^build\.gradle(\.kts)?$/)),
  },
  Ruby: {
    marks: /^Gemfile$/,
    checks: ({ paths }) => {
      if (paths.has(".rspec")) return one("bundle exec rspec", ".rspec");
      return paths.has("Rakefile") ? one("bundle exec rake test", "Rakefile") : [];
    },
  },
  PHP: {
    marks: /^composer\.json$/,
    checks: ({ paths }) => {
      const from = [...paths].find((path) => /^phpunit(\.dist)?\.xml(\.dist)?$/.test(path));
      return from ? one("vendor/bin/phpunit", from) : [];
    },
  },
  ".NET": {
    marks: /^[^/]+\.(sln|slnx|csproj|fsproj)$/,
    checks: ({ paths }) => one("dotnet test", firstOf(paths, /^[^/]+\.(sln|slnx|csproj|fsproj)$/)),
  },
  Make: { marks: /^(GNUm|m|M)akefile$/, checks: makeChecks },
};

/** More parts are not looked at: a person names the check of such a repository. */
const MOST_PARTS = 20;
const LEAST_PARTS = 2;
/** Folders that hold what others wrote, or what is tried and not kept. */
const NOT_A_PART = /^(node_modules|vendor|third_party|examples?|fixtures|testdata|docs?|\..*)$/;

/** Returns what the files show. The checks of parts in folders count only where the top has none. */
export function foundIn(files: RepositoryFiles): FoundInRepository {
  const { checks, kinds } = atTop(files);
  if (checks.length > 0) return { checks, kinds: [...kinds].sort() };
  const parts = partsOf(files);
  const found = parts.map((folder) => ({ folder, ...atTop(inside(files, folder)) }));
  return {
    checks: checksOfParts(found),
    kinds: [...new Set([...kinds, ...found.flatMap((part) => part.kinds)])].sort(),
  };
}

function atTop(files: RepositoryFiles): FoundInRepository {
  const tops = [...files.paths].filter((path) => !path.includes("/"));
  const known = Object.entries(KINDS).filter(([, { marks }]) => tops.some((path) => marks.test(path)));
  // Tests of Python need no manifest.
  const kinds = known.map(([kind]) => kind);
  const checks = known.flatMap(([, kind]) => kind.checks(files));
  if (kinds.includes("Python")) return { checks, kinds };
  const bare = pythonChecks(files);
  return bare.length > 0 && kinds.length === 0 ? { checks: bare, kinds: ["Python"] } : { checks, kinds };
}

/** Returns the folders below the top, at most two deep, that have a manifest. */
function partsOf({ paths }: RepositoryFiles): string[] {
  const marks = Object.values(KINDS).map((kind) => kind.marks);
  const folders = [...paths].flatMap((path) => {
    const steps = path.split("/");
    const name = steps.pop() ?? "";
    const isPart = steps.length > 0 && steps.length <= 2 && !steps.some((step) => NOT_A_PART.test(step));
    return isPart && marks.some((mark) => mark.test(name)) ? [steps.join("/")] : [];
  });
  const all = [...new Set(folders)].sort();
  // What is inside another part belongs to that one.
  return all.filter((folder) => !all.some((other) => folder.startsWith(`${other}/`)));
}

function inside({ paths, read }: RepositoryFiles, folder: string): RepositoryFiles {
  const within = [...paths].flatMap((path) => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : []));
  return { paths: new Set(within), read: (path) => read(`${folder}/${path}`) };
}

/** The check of each part, and before them all of them in a row, where each part has exactly one. */
function checksOfParts(parts: readonly (FoundInRepository & { folder: string })[]): FoundCheck[] {
  const withChecks = parts.filter(({ checks }) => checks.length > 0);
  const each = withChecks.flatMap(({ folder, checks }) =>
    checks.map(({ command, from }) => ({ command: `(cd ${quoted(folder)} && ${command})`, from: `${folder}/${from}` })),
  );
  const isWhole =
    withChecks.length >= LEAST_PARTS && withChecks.length <= MOST_PARTS && each.length === withChecks.length;
  if (!isWhole) return each;
  const all = each.map(({ command }) => command).join(" && ");
  return [{ command: all, from: each.map(({ from }) => from).join(", ") }, ...each];
}

function goChecks({ paths, read }: RepositoryFiles): FoundCheck[] {
  if (!paths.has("go.work")) return one("go test ./...", "go.mod");
  const modules = [...(read("go.work") ?? "").matchAll(/^[ \t]*(?:use[ \t]+)?(\.\/?[^\s()]*)[ \t]*$/gm)].map(
    ([, at]) => at ?? "",
  );
  if (modules.length === 0) return paths.has("go.mod") ? one("go test ./...", "go.mod") : [];
  return one(`go test ${modules.map((at) => quoted(`${at.replace(/\/$/, "")}/...`)).join(" ")}`, "go.work");
}

function makeChecks({ paths, read }: RepositoryFiles): FoundCheck[] {
  const from = firstOf(paths, /^(GNUm|m|M)akefile$/);
  const target = testTargetOf(read(from) ?? "");
  return target === null ? [] : one(`make ${target}`, from);
}

function firstOf(paths: ReadonlySet<string>, of: RegExp): string {
  return [...paths].find((path) => of.test(path)) ?? "";
}

/** Returns a path as the shell reads it as one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

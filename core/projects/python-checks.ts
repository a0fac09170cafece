/** How a project in Python is tested. */
import type { FoundCheck, RepositoryFiles } from "./files";

const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test)\.py$/;
/** So many test files are read to see which library they use. */
const MOST_READ = 20;

export function pythonChecks(files: RepositoryFiles): FoundCheck[] {
  const { paths, read } = files;
  const tests = [...paths].filter((path) => TEST_FILE.test(path)).sort();
  const configured = pytestFileOf(files);
  if (configured !== null) return [{ command: `${runnerOf(paths)}pytest -q`, from: configured }];
  if (paths.has("tox.ini")) return [{ command: "tox", from: "tox.ini" }];
  const [first] = tests;
  if (first === undefined) return [];
  const read20 = tests.slice(0, MOST_READ).map((path) => read(path) ?? "");
  const isUnittest = read20.every((text) => /^[ \t]*(import|from) unittest\b/m.test(text));
  if (isUnittest) return [{ command: `${pythonOf(paths)} -m unittest discover`, from: first }];
  return [{ command: `${runnerOf(paths)}pytest -q`, from: first }];
}

/** Returns the file that says that the project uses pytest; null: none does. */
function pytestFileOf({ read }: RepositoryFiles): string | null {
  const says: [string, RegExp][] = [
    ["pytest.ini", /^\[pytest\]/m],
    ["pyproject.toml", /^\[tool\.pytest|\bpytest\b/m],
    ["setup.cfg", /^\[tool:pytest\]|\bpytest\b/m],
    ["tox.ini", /^\[pytest\]/m],
    ["requirements-dev.txt", /^pytest\b/m],
    ["requirements.txt", /^pytest\b/m],
  ];
  return says.find(([file, of]) => of.test(read(file) ?? ""))?.[0] ?? null;
}

/** What stands before "pytest": the environment that the lock file belongs to. */
function runnerOf(paths: ReadonlySet<string>): string {
  if (paths.has("uv.lock")) return "uv run ";
  return paths.has("poetry.lock") ? "poetry run " : "python3 -m ";
}

function pythonOf(paths: ReadonlySet<string>): string {
  if (paths.has("uv.lock")) return "uv run python";
  return paths.has("poetry.lock") ? "poetry run python" : "python3";
}

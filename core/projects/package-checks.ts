/** How a package for Node, or a workspace of packages, is tested. */
import type { FoundCheck, RepositoryFiles } from "./files";

interface Manifest {
  scripts?: Record<string, unknown>;
  packageManager?: unknown;
  workspaces?: unknown;
}

type PackageTool = "npm" | "pnpm" | "yarn" | "yarn 1" | "bun";

/** What `npm init` writes into a package without tests. */
const PLACEHOLDER = /no\stest\sspecified/i;

/** The command that runs the tests of all packages of a workspace. */
const OF_ALL: Record<PackageTool, string> = {
  npm: "npm test --workspaces --if-present",
  pnpm: "pnpm --recursive test",
  yarn: "yarn workspaces foreach --all run test",
  "yarn 1": "yarn workspaces run test",
  bun: "bun run --filter '*' test",
};

export function packageChecks(files: RepositoryFiles): FoundCheck[] {
  const manifest = manifestOf(files.read("package.json"));
  if (manifest === null) return [];
  const tool = toolOf(files, manifest);
  if (hasTests(manifest))
    return [{ command: tool === "bun" ? "bun run test" : `${nameOf(tool)} test`, from: "package.json" }];
  const workspace = workspaceOf(files, manifest);
  if (workspace === null || !hasMemberWithTests(files)) return [];
  return [{ command: OF_ALL[tool], from: workspace }];
}

/** Returns null also for a file that is no package's description. */
function manifestOf(text: string | null): Manifest | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function hasTests({ scripts }: Manifest): boolean {
  const { test: run } = typeof scripts === "object" && scripts !== null ? scripts : {};
  return typeof run === "string" && run.trim() !== "" && !PLACEHOLDER.test(run);
}

/** The manifest's own word counts before the lock files. */
function toolOf({ paths }: RepositoryFiles, { packageManager }: Manifest): PackageTool {
  const [, name, major] = /^(npm|pnpm|yarn|bun)@(\d+)/.exec(String(packageManager ?? "")) ?? [];
  if (name === "yarn") return major === "1" ? "yarn 1" : "yarn";
  if (name === "npm" || name === "pnpm" || name === "bun") return name;
  if (paths.has("pnpm-lock.yaml") || paths.has("pnpm-workspace.yaml")) return "pnpm";
  if (paths.has("yarn.lock")) return paths.has(".yarnrc.yml") ? "yarn" : "yarn 1";
  return paths.has("bun.lock") || paths.has("bun.lockb") ? "bun" : "npm";
}

function nameOf(tool: PackageTool): string {
  return tool === "yarn 1" ? "yarn" : tool;
}

/** Returns the file that makes it a workspace; null: none does. */
function workspaceOf({ paths }: RepositoryFiles, { workspaces }: Manifest): string | null {
  if (paths.has("pnpm-workspace.yaml")) return "pnpm-workspace.yaml";
  return workspaces === undefined ? null : "package.json";
}

function hasMemberWithTests({ paths, read }: RepositoryFiles): boolean {
  return [...paths].some((path) => {
    if (!path.endsWith("/package.json") || path.includes("node_modules/")) return false;
    const member = manifestOf(read(path));
    return member !== null && hasTests(member);
  });
}

/** Puts the packages of a made service into its repository, for machines whose sandbox reaches no registry. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface PackageFile {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** What a service needs while it runs; its compiler and linter stay out. */
const ALSO = ["tsx"];

/** Commits the packages, from this checkout, whose versions the blueprints name. */
export function vendorPackages(folder: string): void {
  const own = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
  for (const name of closure([...Object.keys(own.dependencies ?? {}), ...ALSO]))
    cpSync(join("node_modules", name), join(folder, "node_modules", name), { recursive: true, dereference: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=Mara", "-c", "user.email=mara@example.org", ...args]);
  git("add", "--all", "--force", "node_modules");
  git("commit", "--quiet", "-m", "Our packages");
}

/** Returns packages with everything that they need, as far as it is installed here. */
function closure(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const file = join("node_modules", name, "package.json");
    if (found.has(name) || !existsSync(file)) continue;
    found.add(name);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as PackageFile;
    open.push(...Object.keys(dependencies), ...Object.keys(optionalDependencies));
  }
  return found;
}

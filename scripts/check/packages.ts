import { importEdges } from "./edges";
import type { Fault } from "./fault";
import { isTest, type SourceFile } from "./sources";

/** The code of a server, its pages and its build, which must work after `npm ci --omit=dev`. */
const SERVED = ["agents", "app", "components", "core", "db", "gates", "launcher", "lib", "seeds", "server"];
/** They hold tests. */
const TESTED = ["agents/scenarios"];

/** Finds imports of development dependencies in the code that serves. Types are free, because the build drops them. */
export function checkPackages(sources: SourceFile[]): Fault[] {
  const manifest = sources.find(({ file }) => file === "package.json");
  const { devDependencies = {} } = JSON.parse(manifest?.text ?? "{}") as { devDependencies?: Record<string, string> };
  const isServed = (file: string) => {
    const isBelow = (folder: string) => file.startsWith(`${folder}/`);
    return SERVED.some(isBelow) && !TESTED.some(isBelow) && !isTest(file);
  };
  return importEdges(sources)
    .filter((edge) => edge.isPackage && !edge.isTypeOnly && isServed(edge.from) && edge.to in devDependencies)
    .map(({ from, line, to }) => {
      const message = `imports the package ${to}, which \`npm ci --omit=dev\` leaves out: move it to "dependencies" in package.json`;
      return { file: from, line, message };
    });
}

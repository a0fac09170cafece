import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface SourceFile {
  /** Relative to the root, with forward slashes: `core/state.ts`. */
  file: string;
  text: string;
}

const SKIPPED = new Set(["node_modules", "dist", "data", "test-results", "playwright-report", "next-env.d.ts"]);
const READ = /\.(ts|tsx|mts|mjs|cjs|js|jsx|css|md|sh|sql|yml|yaml|json)$/;

/** Returns every text file of the project below a folder, sorted by path, without hidden folders, dependencies and build output. */
export function readSources(root: string): SourceFile[] {
  const files: SourceFile[] = [];
  const walk = (relative: string) => {
    for (const entry of readdirSync(path.join(root, relative), { withFileTypes: true })) {
      if (SKIPPED.has(entry.name) || entry.name.startsWith(".")) continue;
      const file = relative ? `${relative}/${entry.name}` : entry.name;
      if (entry.isDirectory()) walk(file);
      else if (READ.test(entry.name) && entry.name !== "package-lock.json")
        files.push({ file, text: readFileSync(path.join(root, file), "utf8") });
    }
  };
  walk("");
  return files.sort((a, b) => (a.file < b.file ? -1 : 1));
}

export function isCode(file: string): boolean {
  return /\.(ts|tsx|mts|mjs|cjs|js|jsx)$/.test(file);
}

/** Whether a file is a test or only used by tests. Such a file may import anything and be long. */
export function isTest(file: string): boolean {
  return /\.(test|spec)\.[a-z]+$|(^|\/)testing(\/|\.tsx?$)|^tests\//.test(file);
}

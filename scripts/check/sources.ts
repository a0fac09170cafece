import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface SourceFile {
  /** Relative to the root, with forward slashes: `agents/core/state.ts`. */
  file: string;
  text: string;
}

const SKIPPED = new Set(["node_modules", "dist", "data", "test-results", "playwright-report", "next-env.d.ts"]);
const READ = /\.(ts|tsx|mts|mjs|cjs|js|jsx|css|md|sh|sql|yml|yaml|json)$/;

/** Every text file of the project below a folder, sorted by path; hidden folders, dependencies and what is built are left out. */
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

/** Tests, and what only tests use: they may import anything and be long. */
export function isTest(file: string): boolean {
  return /\.(test|spec)\.[a-z]+$|(^|\/)testing(\/|\.tsx?$)|^tests\//.test(file);
}

/**
 * The same text with comments (and, when asked, the contents of strings) turned to spaces, line for line, so that
 * what only looks like code is not taken for it. Templates are left as strings; code inside `${…}` goes with them.
 */
export function blank(text: string, what: { strings: boolean }): string {
  const tokens =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
  return text.replace(tokens, (token) => {
    const isComment = token.startsWith("//") || token.startsWith("/*");
    if (isComment || token.startsWith("/")) return spaces(token);
    return what.strings ? `${token[0]}${spaces(token.slice(1, -1))}${token[0]}` : token;
  });
}

function spaces(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** The line, counted from 1, of a place in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

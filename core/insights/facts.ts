/** What one file says about itself. It depends on nothing but the file's text, so it is kept by the id of its content. */

export type CodeLanguage = "javascript" | "typescript" | "python" | "go" | "rust" | "java";

/** Lines count from 1. */
export interface FunctionFacts {
  name: string;
  /** With the class or type that it belongs to, such as `Basket.total`. */
  symbol: string;
  start: number;
  end: number;
  /** Lines with code: neither blank nor only a comment. */
  codeLines: number;
  /** Cognitive complexity. */
  complexity: number;
  isExported: boolean;
  isDocumented: boolean;
  /** Parameters and results without a type, in a language in which they may have one. */
  untyped: number;
  /** How often its name stands in the file, its definition included. */
  mentions: number;
}

export interface TodoFacts {
  line: number;
  text: string;
}

interface ExportFacts {
  name: string;
  line: number;
  mentions: number;
}

export interface FileFacts {
  language: CodeLanguage;
  lines: number;
  /** Absent: the whole file was read. */
  leftOut?: "generated" | "minified" | "syntax" | "unreadable";
  functions: FunctionFacts[];
  /** Of JavaScript and TypeScript: every exported name but `default`. */
  exports: ExportFacts[];
  /** What it imports, as it is written; of Python and Rust as paths with dots. */
  imports: string[];
  /** The imports whose exports it passes on as a whole: `export * from`. */
  passedOn: string[];
  todos: TodoFacts[];
  /** The lines with the type `any`. */
  anys: number[];
  /** Whether it holds tests of its own, as files of Rust do. */
  hasTests: boolean;
  /** Of Java: its package. */
  packageName: string;
  /** Hashes of the names in it: 32-bit numbers, sorted, in base64. */
  words: string;
  /** Fingerprints for duplicated code: hash, first line and last line of each, as 32-bit numbers in base64. */
  prints: string;
}

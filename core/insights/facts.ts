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

export interface ExportFacts {
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
  /** Hashes of the names in it, sorted. */
  words: Uint32Array;
  /** Fingerprints for duplicated code: hash, first line and last line of each. */
  prints: Uint32Array;
}

/** The facts that are read only of a file that has, or may have, something to tell. */
export type FileDetails = Pick<FileFacts, "language" | "functions" | "exports" | "todos" | "anys">;

/**
 * What passes over all files read of each file: numbers and its imports. Of 100,000 files these are read in a moment,
 * where reading all details takes seconds.
 */
export interface FileBrief
  extends Pick<FileFacts, "language" | "leftOut" | "imports" | "hasTests" | "packageName" | "words" | "prints"> {
  /** Lines of code in functions. */
  codeLines: number;
  /** Whether the file has findings that need no other file. */
  hasFindings: boolean;
  /** Hashes of the names of functions that are untested unless a test reaches another file with the name. */
  untested: Uint32Array;
  /** Hashes of the names of exports that are unused unless they stand in another file. */
  unused: Uint32Array;
}

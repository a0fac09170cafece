/** What a look collects. */
import type { Infrastructure, InfrastructureFinding } from "@/core/shapes/environments/infrastructure";

/** Findings of one kind that are kept; one more says how many were left out. */
const MOST_FINDINGS = 100;

/** Values of a file may be long, and a sentence is not. */
const MOST_WORD_CHARACTERS = 80;
/** What a parser says is a sentence. */
export const MOST_SAID_CHARACTERS = 300;

const MOST_PATH_CHARACTERS = 500;

export interface Findings {
  error(file: string, line: number | null, says: string): void;
  warn(file: string, line: number | null, says: string): void;
  skip(file: string, line: number | null, says: string): void;
  /** Returns all, in the order of files and lines. */
  all(files: number): Infrastructure;
}

export function createFindings(): Findings {
  const errors: InfrastructureFinding[] = [];
  const warnings: InfrastructureFinding[] = [];
  const skipped: InfrastructureFinding[] = [];
  const into = (list: InfrastructureFinding[]) => (file: string, line: number | null, says: string) => {
    list.push({ file: quoted(file, MOST_PATH_CHARACTERS), line, says });
  };
  return {
    error: into(errors),
    warn: into(warnings),
    skip: into(skipped),
    all: (files) => ({ files, errors: few(errors), warnings: few(warnings), not_checked: few(skipped) }),
  };
}

function few(list: InfrastructureFinding[]): InfrastructureFinding[] {
  list.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)));
  const left = list.length - MOST_FINDINGS;
  const last = list[MOST_FINDINGS];
  if (last === undefined) return list;
  return [...list.slice(0, MOST_FINDINGS), { file: last.file, line: null, says: `${left} more are left out.` }];
}

/** Returns a word of a file for a sentence: one line, and not longer than a person reads. */
export function quoted(word: unknown, most = MOST_WORD_CHARACTERS): string {
  const text = String(word).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

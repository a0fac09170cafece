import { Worker } from "node:worker_threads";
import { WorkspaceError } from "./path";

/** A line of a file: its number from 1, and its text, cut to a readable length. */
export interface FoundLine {
  line: number;
  text: string;
  /** False for a line that is only near a match. */
  isMatch: boolean;
}

export interface MatchOptions {
  pattern: string;
  /** Whether the pattern is plain text. */
  fixed?: boolean;
  /** Whether a match must be a whole word. */
  word?: boolean;
  case?: "sensitive" | "insensitive" | "smart";
  /** Whether the pattern may match across lines. */
  multiline?: boolean;
  /** Lines to return around each match. */
  before?: number;
  after?: number;
}

export interface LineMatcher {
  /**
   * Returns the first `limit` matching lines of a text, with the lines around them. Rejects with a `WorkspaceError`
   * when the time for the whole search is used up.
   */
  match(text: string, limit: number): Promise<FoundLine[]>;
  /** Returns how many lines match, at most `limit`. */
  count(text: string, limit: number): Promise<number>;
  close(): Promise<unknown>;
}

const SHOWN_LINE_MAX = 500;

// Plain JavaScript as text, so that it runs the same from sources, from a bundle and in tests. The pattern comes from a
// model and may backtrack forever, so it runs in a thread that can be ended.
const WORKER_SOURCE = `
const { parentPort, workerData } = require("node:worker_threads");
const { source, flags, multiline, before, after } = workerData;
const pattern = new RegExp(source, flags);

function linesOf(text) {
  const lines = [];
  for (let start = 0; start < text.length || lines.length === 0; ) {
    let end = text.indexOf("\\n", start);
    if (end === -1) end = text.length;
    lines.push([start, end > start && text[end - 1] === "\\r" ? end - 1 : end]);
    start = end + 1;
  }
  return lines;
}

/** Index of each matching line => where in it the match begins. */
function matchesIn(text, lines, limit) {
  const found = new Map();
  if (!multiline) {
    for (let at = 0; at < lines.length && found.size < limit; at++) {
      const index = text.slice(lines[at][0], lines[at][1]).search(pattern);
      if (index !== -1) found.set(at, index);
    }
    return found;
  }
  let at = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match && found.size < limit; match = pattern.exec(text)) {
    const last = Math.max(match.index, match.index + match[0].length - 1);
    while (at + 1 < lines.length && lines[at + 1][0] <= match.index) at++;
    for (let line = at; line < lines.length && lines[line][0] <= last && found.size < limit; line++) {
      if (!found.has(line)) found.set(line, line === at ? match.index - lines[at][0] : 0);
    }
    if (match[0] === "") pattern.lastIndex += 1;
  }
  return found;
}

function shown(content, index) {
  if (content.length <= ${SHOWN_LINE_MAX}) return content;
  const start = index > ${SHOWN_LINE_MAX} - 100 ? index - 100 : 0;
  const end = start + ${SHOWN_LINE_MAX};
  return (start > 0 ? "[…]" : "") + content.slice(start, end) + (end < content.length ? "[…]" : "");
}

parentPort.on("message", ({ text, limit, countOnly }) => {
  const lines = linesOf(text);
  const found = matchesIn(text, lines, limit);
  if (countOnly) return parentPort.postMessage(found.size);
  const wanted = new Set();
  for (const at of found.keys()) {
    for (let near = Math.max(0, at - before); near <= Math.min(lines.length - 1, at + after); near++) wanted.add(near);
  }
  const answer = [...wanted].sort((a, b) => a - b).map((at) => {
    const content = text.slice(lines[at][0], lines[at][1]);
    return { line: at + 1, text: shown(content, found.get(at) ?? 0), isMatch: found.has(at) };
  });
  parentPort.postMessage(answer);
});
`;

/** Compiles a pattern. Throws a `WorkspaceError` with the reason when it is invalid. The caller closes the matcher. */
export function createLineMatcher(options: MatchOptions, timeoutMs: number): LineMatcher {
  const { source, flags } = compile(options);
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    // A worker process is started as a module from text, and a thread that inherits that has no `require`.
    execArgv: [],
    env: {},
    workerData: {
      source,
      flags,
      multiline: options.multiline ?? false,
      before: options.before ?? 0,
      after: options.after ?? 0,
    },
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  const deadline = performance.now() + timeoutMs;

  function ask<Answer>(message: { text: string; limit: number; countOnly: boolean }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        worker.off("message", onMessage);
        worker.off("error", onError);
      };
      const onMessage = (answer: Answer) => {
        settle();
        resolve(answer);
      };
      const onError = (error: unknown) => {
        settle();
        reject(new WorkspaceError(`The search failed: ${error instanceof Error ? error.message : String(error)}.`));
      };
      const onTimeout = () => {
        settle();
        void worker.terminate();
        reject(
          new WorkspaceError(
            `The pattern took longer than ${timeoutMs} ms; use a simpler pattern or a smaller folder.`,
          ),
        );
      };
      const timer = setTimeout(onTimeout, Math.max(0, deadline - performance.now()));
      worker.once("message", onMessage);
      worker.once("error", onError);
      worker.postMessage(message);
    });
  }

  return {
    match: (text, limit) => ask<FoundLine[]>({ text, limit, countOnly: false }),
    count: (text, limit) => ask<number>({ text, limit, countOnly: true }),
    close: () => worker.terminate(),
  };
}

function compile(options: MatchOptions): { source: string; flags: string } {
  if (
    !options.multiline &&
    /\n|(?<!\\)(?:\\\\)*\\n/.test(options.fixed ? escapeLess(options.pattern) : options.pattern)
  ) {
    throw new WorkspaceError("The pattern contains a line end, but lines are searched one by one; set `multiline`.");
  }
  // Leading flags, as in ripgrep.
  const inline = options.fixed ? null : options.pattern.match(/^\(\?([ims]+)\)/);
  const pattern = options.fixed ? literal(options.pattern) : options.pattern.slice(inline?.[0].length ?? 0);
  const source = options.word ? `(?<![\\p{L}\\p{N}_])(?:${pattern})(?![\\p{L}\\p{N}_])` : pattern;
  const ignoresCase = isCaseIgnored(options) || inline?.[1]?.includes("i");
  const flags = `${ignoresCase ? "i" : ""}${options.multiline ? "gm" : ""}${inline?.[1]?.includes("s") ? "s" : ""}`;
  const reason = reasonAgainst(source, `${flags}u`);
  if (reason === null) return { source, flags: `${flags}u` };
  // Without the u flag, an unknown escape is the character itself, as models like to write it; \p does not work then.
  if (!source.includes("\\p{") && reasonAgainst(source, flags) === null) return { source, flags };
  throw new WorkspaceError(`The pattern is not a valid regular expression: ${reason}.`);
}

/** Returns plain text without backslashes: it has no escapes, so only a real line end counts. */
function escapeLess(pattern: string): string {
  return pattern.replaceAll("\\", "");
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

/** Smart case: a lower-case pattern matches upper case too. Letters of escapes such as \S do not count. */
function isCaseIgnored(options: MatchOptions): boolean {
  if (options.case !== "smart") return options.case === "insensitive";
  const letters = options.fixed ? options.pattern : options.pattern.replaceAll(/\\(p\{[^}]*\}|.)/giu, "");
  return !/\p{Lu}/u.test(letters);
}

function reasonAgainst(source: string, flags: string): string | null {
  try {
    new RegExp(source, flags);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

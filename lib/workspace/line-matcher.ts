import { Worker } from "node:worker_threads";
import { WorkspaceError } from "./path";

/** A matching line: its number from 1, and its text cut at a length that a reader can use. */
export interface MatchingLine {
  line: number;
  text: string;
}

export interface LineMatcher {
  /** The matching lines of a text, at most `limit`. Rejects with a `WorkspaceError` when the time for the whole search is used up. */
  match(text: string, limit: number): Promise<MatchingLine[]>;
  close(): Promise<unknown>;
}

const SHOWN_LINE_MAX = 500;

// Plain JavaScript as text: it runs the same from sources, from a bundle and in tests. The pattern comes from a model
// and may backtrack for ever, so it runs in a thread of its own that can be ended.
const WORKER_SOURCE = `
const { parentPort, workerData } = require("node:worker_threads");
const pattern = new RegExp(workerData.pattern, workerData.flags);
parentPort.on("message", ({ text, limit }) => {
  const found = [];
  let line = 0;
  for (let start = 0; start <= text.length && found.length < limit; ) {
    let end = text.indexOf("\\n", start);
    if (end === -1) end = text.length;
    if (start === text.length && line > 0) break;
    line += 1;
    const content = text.slice(start, text[end - 1] === "\\r" ? end - 1 : end);
    if (pattern.test(content)) found.push({ line, text: content.slice(0, ${SHOWN_LINE_MAX}) });
    start = end + 1;
  }
  parentPort.postMessage(found);
});
`;

/** Compiles a regular expression. Throws a `WorkspaceError` with the reason when it is not one. The caller closes the matcher. */
export function createLineMatcher(pattern: string, ignoreCase: boolean, timeoutMs: number): LineMatcher {
  const flags = ignoreCase ? "iu" : "u";
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkspaceError(`The pattern is not a regular expression that can be used: ${reason}.`);
  }
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    env: {},
    workerData: { pattern, flags },
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  const deadline = performance.now() + timeoutMs;

  function match(text: string, limit: number): Promise<MatchingLine[]> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        worker.off("message", onMessage);
        worker.off("error", onError);
      };
      const onMessage = (found: MatchingLine[]) => {
        settle();
        resolve(found);
      };
      const onError = (error: unknown) => {
        settle();
        reject(new WorkspaceError(`The search failed: ${error instanceof Error ? error.message : String(error)}.`));
      };
      const onTimeout = () => {
        settle();
        void worker.terminate();
        reject(
          new WorkspaceError(`The pattern took longer than ${timeoutMs} ms; use a simpler one or a smaller folder.`),
        );
      };
      const timer = setTimeout(onTimeout, Math.max(0, deadline - performance.now()));
      worker.once("message", onMessage);
      worker.once("error", onError);
      worker.postMessage({ text, limit });
    });
  }

  return { match, close: () => worker.terminate() };
}

/** The journal of what the launcher did, one JSON object a line, kept forever. */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";

/**
 * @typedef {object} Line
 * @property {string} at ISO 8601
 * @property {string} what
 * @property {number} [launch]
 * @property {import("./state.mjs").Release} [release]
 * @property {string} [why]
 * @property {string} [by] who asked
 */

/** @param {string} home @param {Omit<Line, "at">} line */
export function appendJournal(home, line) {
  const fd = openSync(path.join(home, "journal.jsonl"), "a", 0o600);
  try {
    // A line that a kill cut in two must not swallow this one.
    writeSync(fd, `\n${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Leaves out unreadable lines. @param {string} home @returns {Line[]} the oldest first */
export function readJournal(home) {
  let text = "";
  try {
    text = readFileSync(path.join(home, "journal.jsonl"), "utf8");
  } catch {
    // There is none before the first launch.
  }
  return text.split("\n").flatMap((line) => {
    try {
      return line ? [JSON.parse(line)] : [];
    } catch {
      return [];
    }
  });
}

/** Reads the gates' report about a change, which the server keeps. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/** @param {string} evidence @returns {any} */
function reportIn(evidence) {
  return JSON.parse(readFileSync(path.join(evidence, "report.json"), "utf8"));
}

/** @param {string} evidence @param {string} gate @returns {string} what it left, which the report's digest covers */
function evidenceOf(evidence, gate) {
  return readFileSync(path.join(evidence, `${path.basename(gate)}.json`), "utf8");
}

/**
 * Returns the flags of the gates, without line numbers, which move. It reads the files that the digest covers.
 * @param {string} evidence @returns {string[]}
 */
export function flagsIn(evidence) {
  try {
    const gates = /** @type {{ gate: string, digest: string | null }[]} */ (reportIn(evidence).gates);
    return gates.flatMap(({ gate, digest }) => {
      if (digest === null) return [];
      const found = JSON.parse(evidenceOf(evidence, gate)).findings;
      const flags = /** @type {{ kind: string, path: string | null, text: string }[]} */ (found);
      return flags
        .filter(({ kind }) => kind === "flag")
        .map(({ path: file, text }) => [gate, file, text].filter(Boolean).join(" "));
    });
  } catch {
    // Unreadable evidence counts as not judged, and the change is refused.
    return [];
  }
}

/** Whether the gates have passed exactly this commit. @param {string} evidence @param {string} commit */
export function isPassed(evidence, commit) {
  try {
    const { outcome, head } = reportIn(evidence);
    return outcome === "passed" && head.commit === commit;
  } catch {
    return false;
  }
}

/** Whether the gates left something for the trial. The files of evidence say it, which their digest covers. @param {string} evidence */
export function isPartLeft(evidence) {
  try {
    return reportIn(evidence).gates.some((/** @type {{ gate: string, digest: string | null }} */ { gate, digest }) => {
      if (digest === null) return false;
      return JSON.parse(evidenceOf(evidence, gate)).later === true;
    });
  } catch {
    // Then it is refused: see `isAsJudged`.
    return false;
  }
}

/** As in `agents/self/run-gates.ts`: the report's digest covers each gate's evidence. @param {string} evidence @param {string} digest */
export function isAsJudged(evidence, digest) {
  try {
    const report = reportIn(evidence);
    const found = report.gates.map(
      (/** @type {{ gate: string, digest: string | null }} */ { gate, digest: stored }) => {
        const actual = stored === null ? null : sha256(evidenceOf(evidence, gate));
        return `${gate} ${actual}\n`;
      },
    );
    return report.digest === digest && sha256(found.join("")) === digest;
  } catch {
    return false;
  }
}

/** @param {string} text */
function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

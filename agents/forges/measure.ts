/** What the gates say of an issue's branch. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { judgeChange } from "@/agents/gates/judge";
import { PULL_GATES } from "@/core/forges/rules";
import type { PullGates } from "@/core/shapes/forges";
import type { Measured } from "@/db/forges/stored";
import { newId } from "@/lib/new-id";
import { deadline } from "@/lib/time/deadline";
import { removeTree } from "@/lib/workspace/remove-tree";
import type { Pushed } from "./branch";
import type { Look } from "./sources";

/** The forges of other projects wait for it. */
const MOST_MS = 5 * 60_000;
/** A rule merges no change of more files. */
const MOST_PATHS = 2_000;

/** Resolves with what is measured of the branch. Rejects only with the look's end: what could not be measured says why. */
export async function measure(look: Look, pushed: Pushed): Promise<Measured> {
  const { paths, isAsInTree } = pushed;
  return { ...(await judged(look, pushed)), paths: paths.length > MOST_PATHS ? null : paths, isAsInTree };
}

/** Lets the gates that read judge it. */
async function judged(look: Look, { gitDir, baseHead, head }: Pushed): Promise<PullGates> {
  const dir = join(look.dataDir, "cache", `forge-gates-${newId()}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const limit = deadline(look.signal, MOST_MS);
  try {
    const report = await judgeChange({
      gitDir,
      base: baseHead,
      head,
      packages: null,
      program: look.program,
      dir,
      evidence: join(dir, "evidence"),
      part: ["--only", PULL_GATES.join(",")],
      signal: limit.signal,
      onLine: () => undefined,
    });
    if ("ended" in report)
      return unmeasured(head, `The gates ended without a report: ${report.ended || "they said nothing"}`);
    const ran = report.gates.filter(({ outcome }) => outcome !== "off");
    const gates = ran.map(({ gate, outcome, summary }) => ({ gate, outcome, summary: look.redact(summary) }));
    return { head, trouble: null, gates };
  } catch (error) {
    look.signal.throwIfAborted();
    if (limit.isLate()) return unmeasured(head, "The gates took longer than 5 minutes and were ended.");
    throw error;
  } finally {
    limit.end();
    await removeTree(dir);
  }
}

function unmeasured(head: string, trouble: string): PullGates {
  return { head, trouble, gates: [] };
}

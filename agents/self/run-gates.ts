/** Runs the gates of the running release on a proposed change of Banyan's own code, one at a time. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type JudgedChange, judgeChange } from "@/agents/gates/judge";
import { GatesReport } from "@/core/shapes/improving/gates";
import { WorkspaceError } from "@/lib/workspace/path";

/** Those that read, and take a minute. */
const QUICK_GATES = "scope,oddities,dependencies,licences,complexity,documentation,types,lint,rules";
interface GateRun extends Omit<JudgedChange, "packages" | "part"> {
  quick: boolean;
  /** Whether the first part is enough, because the launcher runs the whole gates while the release is on trial. */
  first: boolean;
  /** Called when it is this run's turn. When it rejects, the gates do not run. */
  begin?(): Promise<void>;
  /** Called when the gates ended without a judgement. Resolves with what becomes of the run, as a sentence. */
  giveBack?(): Promise<string>;
}

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Rejects with a `WorkspaceError` when the gates could not be run, or with the signal's reason. */
export function runGates(run: GateRun): Promise<GatesReport> {
  if (waiting > 0) run.onLine("waiting for another check …");
  waiting += 1;
  const result = last.then(() => judged(run)).finally(() => (waiting -= 1));
  last = result.catch(() => undefined);
  return result;
}

async function judged({ quick, first, begin, giveBack, program, ...run }: GateRun): Promise<GatesReport> {
  run.signal.throwIfAborted();
  await begin?.();
  const part = quick ? ["--only", QUICK_GATES] : first ? ["--first"] : [];
  const report = await judgeChange({ ...run, program, part, packages: join(program, "node_modules") });
  if (!("ended" in report)) return report;
  const fate = (await giveBack?.()) ?? "";
  throw new WorkspaceError(
    [LOST, fate, `Check it again. They said last: ${report.ended || "nothing."}`].filter(Boolean).join(" "),
  );
}

const LOST = "The gates ended without a report, so nothing is known about this change, and it is not at fault.";

/** Returns whether the evidence is still what the gates wrote. */
export function isAsJudged(evidence: string, digest: string): boolean {
  try {
    const report = GatesReport.parse(JSON.parse(readFileSync(join(evidence, "report.json"), "utf8")));
    const found = report.gates.map(({ gate, digest: stored }) => {
      const actual = stored === null ? null : sha256(readFileSync(join(evidence, `${gate}.json`), "utf8"));
      return `${gate} ${actual}\n`;
    });
    return report.digest === digest && sha256(found.join("")) === digest;
  } catch {
    return false;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

import type { Answer } from "@/core/programs/conversation";
import { resultOf } from "@/core/programs/program";
import { parseVerdict } from "@/core/rules/verdict";
import { cut } from "./record";

/** Returns a judge's verdict. Only a clear yes of a judge that ended well counts. */
export function readVerdict(answer: Answer): { met: boolean; evidence: string } {
  const { ok, summary } = resultOf(answer);
  if (!ok) return { met: false, evidence: "The judge ended without a verdict." };
  const { outcome, reasons } = parseVerdict(summary);
  return { met: outcome === "pass", evidence: cut(reasons.join(" "), 300) };
}

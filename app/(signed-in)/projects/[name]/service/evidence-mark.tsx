import { Icon } from "@/components/ui/icon";
import type { EvidenceState } from "@/core/specification/evidence";
import { EVIDENCE_WORDS } from "@/core/words/services/page";

const LOOKS = {
  shown: { icon: "succeeded", colour: "text-ok" },
  judged: { icon: "judged", colour: "text-run" },
  neither: { icon: "failed", colour: "text-fail" },
} as const;

/** Whether something is shown, judged, or neither. */
export function EvidenceMark({ state }: { state: EvidenceState }) {
  const { icon, colour } = LOOKS[state];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${colour}`}>
      <Icon name={icon} className="size-3.5 flex-none" />
      {EVIDENCE_WORDS[state]}
    </span>
  );
}

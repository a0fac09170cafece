import { Icon, type IconName } from "@/components/ui/icon";
import type { LessonKind } from "@/core/lessons/lesson";
import { KIND_WORDS } from "@/core/words/lessons";

const ICONS: Record<LessonKind, IconName> = {
  approach: "approach",
  error_fix: "succeeded",
  optimisation: "fast",
  fact: "doc",
  recovery: "retry",
  time: "parked",
};

/** The kind of a lesson. `isLabelled`: its word stands nowhere beside it. */
export function KindIcon({ kind, isLabelled = false }: { kind: LessonKind; isLabelled?: boolean }) {
  return <Icon name={ICONS[kind]} label={isLabelled ? KIND_WORDS[kind] : undefined} />;
}

import { Say } from "@/components/ui/parts";
import type { Lesson } from "@/core/shapes/memory";

/** Why a lesson cannot be approved. */
export function Faults({ faults }: Pick<Lesson, "faults">) {
  if (faults.length === 0) return null;
  return (
    <Say look="bad" className="mt-2">
      <b>Cannot be approved.</b> {faults.map(({ sentence }) => sentence).join(" ")}
    </Say>
  );
}

import Link from "next/link";
import { Gate } from "@/components/ui/page/gate";
import type { EntryKind } from "@/core/shapes/configuration";
import { KINDS } from "./kinds/kinds";

/** The page for the name of an entry that never existed. */
export function EntryMissing({ kind }: { kind: EntryKind }) {
  const { one, unit } = KINDS[kind];
  return (
    <Gate>
      <h1>No {one} with this name</h1>
      <p className="mt-2 text-ink-2">
        Names never change, so check the spelling.{" "}
        <Link className="link" href={`/${unit}`}>
          All {unit}
        </Link>
      </p>
    </Gate>
  );
}

import Link from "next/link";
import { Gate } from "@/components/ui/page/gate";
import type { EntryKind } from "@/core/shapes/configuration";
import { KINDS } from "./kinds/kinds";

/** An address that names none, and never did. */
export function EntryMissing({ kind }: { kind: EntryKind }) {
  const { one, unit } = KINDS[kind];
  return (
    <Gate>
      <h1>There is no {one} of this name</h1>
      <p className="mt-2 text-ink-2">
        Names are kept as they were given.{" "}
        <Link className="link" href={`/${unit}`}>
          All {unit}
        </Link>
      </p>
    </Gate>
  );
}

import Link from "next/link";
import type { EntryKind } from "@/agents/core/shapes-configuration";
import { KINDS } from "./kinds";

/** An address that names none, and never did. */
export function EntryMissing({ kind }: { kind: EntryKind }) {
  const { one, unit } = KINDS[kind];
  return (
    <main className="gate" id="main">
      <div className="card">
        <h1>There is no {one} of this name</h1>
        <p className="dim mt-2">
          Names are kept as they were given.{" "}
          <Link className="link" href={`/${unit}`}>
            All {unit}
          </Link>
        </p>
      </div>
    </main>
  );
}

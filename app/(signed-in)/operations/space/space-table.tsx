"use client";

import { useState } from "react";
import { Hint } from "@/components/ui/hint";
import { Section } from "@/components/ui/page/section";
import { Bar, Button } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import type { Retention, SpaceUse } from "@/core/shapes/retention";
import { bytes, exactCount } from "@/core/words/figures";
import { SPACE_WORDS } from "@/core/words/retention";
import { OldTreesDialog } from "../old-trees-dialog";

/** What takes space, with the sum and what is free. */
export function SpaceTable({ retention: { space, free_bytes } }: { retention: Retention }) {
  const [isAsking, setAsking] = useState(false);
  const total = space.reduce((sum, { size_bytes }) => sum + (size_bytes ?? 0), 0);
  const isHidden = space.some(({ size_bytes }) => size_bytes === null);
  return (
    <Section id="space" title="What takes space" beside={totalText(total, free_bytes)} isPlain>
      <FactTable
        columns={["Part", { name: "Size", className: "text-right" }, { name: "Files", className: "text-right" }]}
        stacks
      >
        {space.map((use) => (
          <SpaceRow key={use.what} use={use} total={total} />
        ))}
      </FactTable>
      <Hint>
        Banyan writes no log files: the server logs to standard error, which systemd or Docker keeps.
        {isHidden ? " Releases and packages are not measured: the launcher hides them from a running release." : ""}
      </Hint>
      <Button className="mt-3" onClick={() => setAsking(true)}>
        Delete old trees…
      </Button>
      {isAsking ? <OldTreesDialog onClosed={() => setAsking(false)} /> : null}
    </Section>
  );
}

function SpaceRow({ use: { what, size_bytes, files, at_least }, total }: { use: SpaceUse; total: number }) {
  const { name, holds } = SPACE_WORDS[what];
  return (
    <tr data-space={what}>
      <td>
        <span className="block">{name}</span>
        <span className="block text-small text-ink-3">{holds}</span>
      </td>
      <td className="text-right whitespace-nowrap">
        {size_bytes === null ? (
          <span className="text-ink-3">Not measured</span>
        ) : (
          <>
            <Bar share={total === 0 ? 0 : size_bytes / total} className="mr-2 w-16 phone:hidden" />
            <span className="inline-block min-w-14">
              {at_least ? "At least " : ""}
              {bytes(size_bytes)}
            </span>
          </>
        )}
      </td>
      <td className="text-right whitespace-nowrap text-ink-2 phone:hidden">
        {files === null ? "" : exactCount(files)}
      </td>
    </tr>
  );
}

function totalText(total: number, free: number | null): string {
  return `${bytes(total)} in all${free === null ? "" : ` · ${bytes(free)} free on the disk`}`;
}

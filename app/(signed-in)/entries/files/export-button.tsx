"use client";

import { exportEntries } from "@/app/actions/entries";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { EntryKind } from "@/core/shapes/configuration";
import { KINDS } from "../kinds/kinds";

interface ExportButtonProps {
  kind: EntryKind;
  /** The entry to export. Without a name, exports all entries as a ZIP archive. */
  name?: string;
}

/** Downloads entries as files that can be imported again. */
export function ExportButton({ kind, name }: ExportButtonProps) {
  const { pending, outcome, run } = useAction();
  const start = () =>
    run(async () => {
      const result = await exportEntries(kind, name);
      if (!result.ok) return result;
      const [first] = result.files;
      if (!first) return { ok: false, sentence: "Nothing to export." };
      if (name) {
        download(first.file, new Blob([first.text], { type: "text/markdown" }));
      } else {
        const { zipOf } = await import("./zip");
        download(`${KINDS[kind].unit}.zip`, new Blob([zipOf(result.files)], { type: "application/zip" }));
      }
      return { ok: true, sentence: "" };
    });
  return (
    <>
      <Button disabled={pending} onClick={start}>
        {name ? "Export" : "Export all"}
      </Button>
      <OutcomeLine outcome={outcome?.ok ? null : outcome} />
    </>
  );
}

function download(file: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  // Revoking the URL earlier could stop the download.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

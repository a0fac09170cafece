"use client";

import { CopyButton } from "@/components/text/copy-button";
import { Button } from "@/components/ui/parts";

/** Prints the report, and copies it as Markdown. */
export function ReportButtons({ markdown }: { markdown: string }) {
  return (
    <>
      <Button look="quiet" onClick={() => window.print()}>
        Print
      </Button>
      <CopyButton text={markdown}>Copy as Markdown</CopyButton>
    </>
  );
}

"use client";

import { CopyButton } from "@/components/text/copy-button";
import { Button } from "@/components/ui/parts";

interface ProofButtonsProps {
  markdown: string;
  /** The page is for everybody, so the Markdown names its address. */
  isShared?: boolean;
}

/** Prints the proof, and copies its Markdown for a pull request. */
export function ProofButtons({ markdown, isShared = false }: ProofButtonsProps) {
  const link = () => `${window.location.origin}${window.location.pathname}`;
  return (
    <>
      <Button look="quiet" onClick={() => window.print()}>
        Print
      </Button>
      <CopyButton text={isShared ? () => withLink(markdown, link()) : markdown}>Copy for a pull request</CopyButton>
    </>
  );
}

/** Returns the Markdown with a link to the whole proof at its end. */
export function withLink(markdown: string, link: string): string {
  return `${markdown}\n[Proof with output](${link})\n`;
}

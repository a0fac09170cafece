"use client";

import { Markdown } from "@/components/text/markdown";
import type { Task } from "@/core/shapes/shapes";
import { Section } from "../sections/section";

/** What a task that failed or was stopped had to say at its end. */
export function Said({ detail }: { detail: Task }) {
  if (!detail.result) return null;
  return (
    <Section name="result" title="Result" summary={detail.result.trimStart().split("\n", 1)[0]} startsOpen>
      <Markdown text={detail.result} />
    </Section>
  );
}

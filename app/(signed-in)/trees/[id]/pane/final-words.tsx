"use client";

import { Markdown } from "@/components/text/markdown";
import type { Task } from "@/core/shapes/shapes";
import { Section } from "../sections/section";

/** The last words of a task that failed or was stopped. */
export function Said({ detail }: { detail: Task }) {
  if (!detail.result) return null;
  return (
    <Section name="result" title="Result" summary={detail.result.trimStart().split("\n", 1)[0]} startsOpen>
      <Markdown text={detail.result} />
    </Section>
  );
}

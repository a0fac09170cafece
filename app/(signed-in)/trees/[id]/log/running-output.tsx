"use client";

import { useState } from "react";
import { lastLines } from "@/components/feed/activity";
import { Cuts } from "@/components/text/cuts";
import type { Piece } from "@/core/shapes/live";

const LAST_LINES = 5;

/** The last lines of what a running command prints. The box keeps the height of its lines, so that nothing jumps. */
export function RunningOutput({ output }: { output: Piece }) {
  const [isWhole, setWhole] = useState(false);
  const last = lastLines(output, LAST_LINES);
  const shown = isWhole ? output.text : last.text;
  if (shown.trim() === "") return null;
  return (
    <div
      className="mt-1 overflow-hidden rounded-control border border-line"
      data-testid="running-output"
      aria-live="off"
    >
      <pre
        className={`bg-code px-3 py-2 whitespace-pre-wrap wrap-anywhere ${isWhole ? "max-h-[60vh] overflow-auto" : "flex max-h-30 flex-col justify-end overflow-hidden"}`}
      >
        <code>{shown}</code>
      </pre>
      {last.isCut ? (
        <Cuts>
          <span>{isWhole && output.start > 0 ? "The beginning follows with the response" : "Last lines"}</span>
          <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Show less" : "Show all"}
          </button>
        </Cuts>
      ) : null}
    </div>
  );
}

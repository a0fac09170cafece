"use client";

import { useState } from "react";
import { Markdown } from "@/components/text/markdown";
import { Clock } from "@/components/ui/time";
import type { Saying } from "@/core/shapes/conversation";

/** A longer text is cut, so that the result below it stays in view. */
const LONG_CHARS = 700;
const LONG_LINES = 10;

interface SaidProps {
  saying: Saying;
  /** Who is named for the words that began the tree. */
  starter: string;
  /** It was said while the task worked. */
  isAside?: boolean;
}

/** What a person said, at the right, as in a chat. */
export function Said({ saying, starter, isAside = false }: SaidProps) {
  const { by, at, text } = saying;
  return (
    <div className="flex min-w-0 flex-col items-end" data-said={saying.seq}>
      <p className="mb-1 text-small text-ink-3">
        <b className="font-medium text-ink-2">{by ?? starter}</b> · <Clock at={at} />
        {isAside ? ", while it worked" : null}
      </p>
      <div className="max-w-[88%] min-w-0 rounded-lg bg-idle-bg px-4 py-2.5 phone:max-w-full">
        <Folding text={text} />
      </div>
    </div>
  );
}

/** A text that is cut after some lines, with a button for the rest. */
export function Folding({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > LONG_CHARS || text.split("\n").length > LONG_LINES;
  return (
    <>
      <div className={`text-read ${isLong && !isWhole ? "max-h-44 overflow-hidden" : ""}`}>
        <Markdown text={text} />
      </div>
      {isLong ? (
        <button
          type="button"
          className="link mt-1 text-small"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? "Show less" : "Show all of it"}
        </button>
      ) : null}
    </>
  );
}

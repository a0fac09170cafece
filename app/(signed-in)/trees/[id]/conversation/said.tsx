"use client";

import { useState } from "react";
import { Markdown } from "@/components/text/markdown";
import { Clock } from "@/components/ui/time";
import type { Saying } from "@/core/shapes/conversation";
import type { ForkPoint } from "../control/fork-point";
import { ForkButton } from "../log/fork-button";

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
    <div className="group/entry flex min-w-0 flex-col items-end" data-said={saying.seq}>
      <div className="mb-1 flex min-h-5 items-center gap-2 text-small text-ink-3">
        <ForkButton point={pointOf(saying)} isAlwaysShown={false} />
        <p>
          <b className="font-medium text-ink-2">{by ?? starter}</b> · <Clock at={at} />
          {isAside ? ", while it worked" : null}
        </p>
      </div>
      <div className="max-w-[88%] min-w-0 rounded-lg bg-idle-bg px-4 py-2.5 phone:max-w-full">
        <Folding text={text} />
      </div>
    </div>
  );
}

/** Where a fork from these words starts. Its dialog has a field for the instruction anyway. */
function pointOf({ seq: at, by }: Saying): ForkPoint {
  return { at, what: by === null ? "the instruction" : `the message from ${by}` };
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

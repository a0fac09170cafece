"use client";

import { useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { useMustSee } from "@/components/ui/must-see";
import type { Message } from "@/core/shapes/shapes";
import { bytes, exactCount } from "@/core/words/figures";
import { Cuts } from "./cuts";

const SHOWN_LINES = 12;
const SHOWN_CHARACTERS = 2_000;
/** Longer texts are shown in pages of this size, to keep the browser fast. */
const PAGE_CHARACTERS = 100_000;

const LOOKS = {
  /** Inside an existing frame. */
  boxed: { text: "px-3 py-2", cuts: undefined },
  /** Below the line of a fold. */
  folded: { text: "border-t border-line bg-code px-3 py-2", cuts: undefined },
  framed: { text: "mt-0.5 rounded-control border border-line bg-code px-3 py-2", cuts: "" },
  bare: { text: "", cuts: "" },
};

interface LongTextProps {
  look?: keyof typeof LOOKS;
  text: string;
  /** The server cut the text. Message `seq` has the full text. */
  truncated?: boolean;
  seq?: number;
  read?: (message: Message) => string;
  /** Set for a tool's output, of which the log may hold only a part. `chars` is its full length. */
  outputOf?: { seq: number; chars: number };
  /** Shows all of it at once, up to a page: a person decides about it. */
  isWhole?: boolean;
}

interface Shown {
  text: string;
  from: number;
  chars: number;
}

/** Raw text, cut after a few lines. “Show all” loads the full text, page by page. */
export function LongText({
  look = "boxed",
  text,
  truncated = false,
  seq,
  read,
  outputOf,
  isWhole = false,
}: LongTextProps) {
  const [page, setPage] = useState<Shown | null>(null);
  const [whole, setWhole] = useState<string | null>(truncated ? null : text);
  const [problem, setProblem] = useState<string | null>(null);
  const { cuts } = LOOKS[look];
  const lines = text.split("\n");
  const most = isWhole
    ? { lines: lines.length, characters: PAGE_CHARACTERS }
    : { lines: SHOWN_LINES, characters: SHOWN_CHARACTERS };
  const cut = lines.slice(0, most.lines).join("\n").slice(0, most.characters);
  const isCut = page === null && (cut.length < text.length || truncated || outputOf !== undefined);

  useMustSee("text", !isCut && (page === null || page.from + page.text.length >= page.chars));

  async function show(from: number): Promise<void> {
    try {
      setPage(await readPage(from));
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "Could not load the text.");
    }
  }
  async function readPage(from: number): Promise<Shown> {
    if (outputOf) return fetchJson(`messages/${outputOf.seq}/output?from=${from}`);
    let all = whole ?? text;
    if (whole === null && seq !== undefined && read) all = read(await fetchJson(`messages/${seq}`));
    setWhole(all);
    return { text: all.slice(from, from + PAGE_CHARACTERS), from, chars: all.length };
  }

  return (
    <>
      <pre
        className={`whitespace-pre-wrap wrap-anywhere ${LOOKS[look].text} ${page === null ? "" : "max-h-[60vh] overflow-auto"}`}
        data-whole={page !== null || undefined}
        // It scrolls, so keys must reach it. No landmark: a log may show many.
        {...(page && { role: "group", "aria-label": "Full text", tabIndex: 0 })}
        key={page?.from}
      >
        <code>{(page?.text ?? cut) || "(empty)"}</code>
      </pre>
      {isCut ? (
        <Cuts className={cuts}>
          <span>
            {Math.min(most.lines, lines.length)} of {lines.length}
            {truncated || outputOf ? "+" : ""} lines, {bytes(outputOf?.chars ?? text.length)}
            {truncated ? " and more" : ""}
          </span>
          <button type="button" className="link" data-show-all onClick={() => void show(0)}>
            Show all
          </button>
        </Cuts>
      ) : null}
      {page ? (
        <Pager page={page} show={(from) => void show(from)} close={() => setPage(null)} className={cuts} />
      ) : null}
      {problem ? (
        <Cuts className={cuts}>
          <span className="text-fail">{problem}</span>
        </Cuts>
      ) : null}
    </>
  );
}

interface PagerProps {
  page: Shown;
  show: (from: number) => void;
  close: () => void;
  className: string | undefined;
}

/** Line that says which part of the text is shown, with buttons for the other parts. */
function Pager({ page, show, close, className }: PagerProps) {
  const { from, chars, text } = page;
  const to = from + text.length;
  const isPart = text.length < chars;
  return (
    <Cuts className={className}>
      <span>
        {isPart ? `Characters ${exactCount(from + 1)} to ${exactCount(to)} of ${exactCount(chars)}` : "Full text"}
      </span>
      <span className="flex min-w-0 items-center gap-2">
        {from > 0 ? (
          <button type="button" className="link" onClick={() => show(Math.max(0, from - PAGE_CHARACTERS))}>
            Previous
          </button>
        ) : null}
        {to < chars ? (
          <button type="button" className="link" onClick={() => show(to)}>
            Next
          </button>
        ) : null}
        <button type="button" className="link" onClick={close}>
          Show less
        </button>
      </span>
    </Cuts>
  );
}

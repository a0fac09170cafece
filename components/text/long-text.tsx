"use client";

import { useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { OutputPage } from "@/core/shapes/log";
import type { Message } from "@/core/shapes/shapes";
import { bytes, exactCount } from "@/core/words/figures";
import { Cuts } from "./cuts";

const SHOWN_LINES = 12;
const SHOWN_CHARACTERS = 2_000;
/** More than this is not put into the page at once. */
const PAGE_CHARACTERS = 100_000;

const LOOKS = {
  /** In a frame that is there already. */
  boxed: { text: "px-3 py-2", cuts: undefined },
  /** Below the line that it was folded into. */
  folded: { text: "border-t border-line bg-code px-3 py-2", cuts: undefined },
  framed: { text: "mt-0.5 rounded-control border border-line bg-code px-3 py-2", cuts: "" },
  bare: { text: "", cuts: "" },
};

interface LongTextProps {
  look?: keyof typeof LOOKS;
  text: string;
  /** The text was cut by the server; the whole of it is behind message `seq`. */
  truncated?: boolean;
  seq?: number;
  read?: (message: Message) => string;
  /** It is what a tool put out, of which the log may hold only a part: so many characters in all. */
  outputOf?: { seq: number; chars: number };
}

interface Shown {
  text: string;
  from: number;
  chars: number;
}

/** Output as it came, cut at a few lines until somebody wants all of it; then page by page. */
export function LongText({ look = "boxed", text, truncated = false, seq, read, outputOf }: LongTextProps) {
  const [page, setPage] = useState<Shown | null>(null);
  const [whole, setWhole] = useState<string | null>(truncated ? null : text);
  const [problem, setProblem] = useState<string | null>(null);
  const { cuts } = LOOKS[look];
  const lines = text.split("\n");
  const cut = lines.slice(0, SHOWN_LINES).join("\n").slice(0, SHOWN_CHARACTERS);
  const isCut = page === null && (cut.length < text.length || truncated || outputOf !== undefined);

  async function show(from: number): Promise<void> {
    try {
      setPage(await readPage(from));
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "The text could not be read.");
    }
  }
  async function readPage(from: number): Promise<Shown> {
    if (outputOf) return fetchJson<OutputPage>(`messages/${outputOf.seq}/output?from=${from}`);
    let all = whole ?? text;
    if (whole === null && seq !== undefined && read) all = read(await fetchJson<Message>(`messages/${seq}`));
    setWhole(all);
    return { text: all.slice(from, from + PAGE_CHARACTERS), from, chars: all.length };
  }

  return (
    <>
      <pre
        className={`whitespace-pre-wrap wrap-anywhere ${LOOKS[look].text} ${page === null ? "" : "max-h-[60vh] overflow-auto"}`}
        data-whole={page !== null || undefined}
        key={page?.from}
      >
        <code>{(page?.text ?? cut) || "(empty)"}</code>
      </pre>
      {isCut ? (
        <Cuts className={cuts}>
          <span>
            {Math.min(SHOWN_LINES, lines.length)} of {lines.length}
            {truncated || outputOf ? "+" : ""} lines, {bytes(outputOf?.chars ?? text.length)}
            {truncated ? " and more" : ""}
          </span>
          <button type="button" className="link" onClick={() => void show(0)}>
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

/** Which part of the whole is shown, and the way to the others. */
function Pager({ page, show, close, className }: PagerProps) {
  const { from, chars, text } = page;
  const to = from + text.length;
  const isPart = text.length < chars;
  return (
    <Cuts className={className}>
      <span>
        {isPart ? `Characters ${exactCount(from + 1)} to ${exactCount(to)} of ${exactCount(chars)}` : "All of it"}
      </span>
      <span className="flex min-w-0 items-center gap-2">
        {from > 0 ? (
          <button type="button" className="link" onClick={() => show(Math.max(0, from - PAGE_CHARACTERS))}>
            Earlier
          </button>
        ) : null}
        {to < chars ? (
          <button type="button" className="link" onClick={() => show(to)}>
            Later
          </button>
        ) : null}
        <button type="button" className="link" onClick={close}>
          Show less
        </button>
      </span>
    </Cuts>
  );
}

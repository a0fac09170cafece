"use client";

import { useState } from "react";
import type { Message } from "@/agents/core/shapes";
import type { OutputPage } from "@/agents/core/shapes-log";
import { fetchJson } from "@/components/feed/fetch-json";
import { bytes, exactCount } from "@/components/ui/format";

const SHOWN_LINES = 12;
const SHOWN_CHARACTERS = 2_000;
/** More than this is not put into the page at once. */
const PAGE_CHARACTERS = 100_000;

interface LongTextProps {
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
export function LongText({ text, truncated = false, seq, read, outputOf }: LongTextProps) {
  const [page, setPage] = useState<Shown | null>(null);
  const [whole, setWhole] = useState<string | null>(truncated ? null : text);
  const [problem, setProblem] = useState<string | null>(null);
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
      <pre className={page === null ? "" : "whole"} key={page?.from}>
        <code>{(page?.text ?? cut) || "(empty)"}</code>
      </pre>
      {isCut ? (
        <p className="cuts">
          <span>
            {Math.min(SHOWN_LINES, lines.length)} of {lines.length}
            {truncated || outputOf ? "+" : ""} lines, {bytes(outputOf?.chars ?? text.length)}
            {truncated ? " and more" : ""}
          </span>
          <button type="button" className="link" onClick={() => void show(0)}>
            Show all
          </button>
        </p>
      ) : null}
      {page ? <Pager page={page} show={(from) => void show(from)} close={() => setPage(null)} /> : null}
      {problem ? <p className="cuts bad">{problem}</p> : null}
    </>
  );
}

/** Which part of the whole is shown, and the way to the others. */
function Pager({ page, show, close }: { page: Shown; show: (from: number) => void; close: () => void }) {
  const { from, chars, text } = page;
  const to = from + text.length;
  const isPart = text.length < chars;
  return (
    <p className="cuts">
      <span>
        {isPart ? `Characters ${exactCount(from + 1)} to ${exactCount(to)} of ${exactCount(chars)}` : "All of it"}
      </span>
      <span className="flex">
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
    </p>
  );
}

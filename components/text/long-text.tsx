"use client";

import { useState } from "react";
import type { Message } from "@/agents/core/shapes";
import { fetchJson } from "@/components/feed/fetch-json";
import { bytes } from "@/components/ui/format";

const SHOWN_LINES = 12;
const SHOWN_CHARACTERS = 2_000;

interface LongTextProps {
  text: string;
  /** The text was cut by the server; the whole of it is behind message `seq`. */
  truncated?: boolean;
  seq?: number;
  read?: (message: Message) => string;
}

/** Output as it came, cut at a few lines until somebody wants all of it. */
export function LongText({ text, truncated = false, seq, read }: LongTextProps) {
  const [whole, setWhole] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const lines = text.split("\n");
  const cut = lines.slice(0, SHOWN_LINES).join("\n").slice(0, SHOWN_CHARACTERS);
  const isCut = whole === null && (cut.length < text.length || truncated);

  async function showAll(): Promise<void> {
    if (!truncated || seq === undefined || !read) return setWhole(text);
    try {
      setWhole(read(await fetchJson<Message>(`messages/${seq}`)));
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "The text could not be read.");
    }
  }

  return (
    <>
      <pre className={whole === null ? "" : "whole"}>
        <code>{(whole ?? cut) || "(empty)"}</code>
      </pre>
      {isCut ? (
        <p className="cuts">
          <span>
            {Math.min(SHOWN_LINES, lines.length)} of {lines.length}
            {truncated ? "+" : ""} lines, {bytes(text.length)}
            {truncated ? " and more" : ""}
          </span>
          <button type="button" className="link" onClick={() => void showAll()}>
            Show all
          </button>
        </p>
      ) : null}
      {problem ? <p className="cuts">{problem}</p> : null}
    </>
  );
}

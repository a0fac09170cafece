import { useDeferredValue } from "react";
import type { Draft } from "@/components/feed/activity";
import { Fold } from "@/components/text/fold";
import { StreamedMarkdown } from "@/components/text/streamed-markdown";
import { Elapsed } from "@/components/ui/time";
import type { Piece } from "@/core/shapes/live";
import { exactCount, plural } from "@/core/words/figures";
import { LogHead, LogLine, LogMark } from "./log-line";

/** Shows the reply while it streams, as the log will show it. Below it stand only messages that it has not read. */
export function DraftEntry({ draft, agent }: { draft: Draft; agent: string }) {
  const { reasoning, text } = draft;
  return (
    <LogLine data-draft={draft.turn}>
      <LogMark icon="agent" />
      <LogHead who={agent}>
        <span>
          turn {draft.turn} · {text.text === "" ? "thinking" : "writing"} for{" "}
          <Elapsed since={draft.since} until={null} />
        </span>
      </LogHead>
      <div aria-live="off" data-testid="stream">
        {reasoning.text === "" ? null : <StreamedReasoning reasoning={reasoning} />}
        {text.start > 0 ? (
          <p className="text-small text-ink-3">
            The first {exactCount(text.start)} characters follow with the message.
          </p>
        ) : null}
        <StreamedMarkdown text={text.text} />
        <span className="mt-1 inline-block h-3.5 w-[7px] bg-accent motion-safe:animate-blink" />
      </div>
    </LogLine>
  );
}

function StreamedReasoning({ reasoning }: { reasoning: Piece }) {
  const text = useDeferredValue(reasoning.text);
  return (
    <Fold
      line={
        <>
          <span className="text-ink-2">Reasoning</span>
          <span className="min-w-0 flex-auto truncate text-small text-ink-3">
            {text.slice(-200).replace(/\s+/g, " ")}
          </span>
          <span className="text-small whitespace-nowrap text-ink-3">
            {plural(reasoning.start + text.length, "character")}
          </span>
        </>
      }
    >
      <pre className="max-h-[60vh] overflow-auto border-t border-line bg-code px-3 py-2 whitespace-pre-wrap wrap-anywhere">
        {text}
      </pre>
    </Fold>
  );
}

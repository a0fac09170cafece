"use client";

import { LongText } from "@/components/text/long-text";
import { readAnswer } from "@/components/trees/call-answer";
import type { CallEntry } from "@/components/trees/log-entries";
import { inputText } from "@/components/trees/message-content";
import { MessageLink } from "../log/message-link";

/** The last output that failed, for a task that failed. */
export function LastFailure({ call }: { call: CallEntry | null }) {
  if (!call?.answer) return null;
  const { answer, tool, input } = call;
  const { text } = readAnswer(tool, answer.text);
  const outputOf = answer.wholeChars === null ? undefined : { seq: answer.seq, chars: answer.wholeChars };
  return (
    <section className="mt-4" aria-label="Last output that failed" data-testid="last-failure">
      <h3 className="mb-1 flex min-w-0 items-baseline gap-2">
        Last output that failed
        <span className="text-small font-normal text-ink-3">
          <MessageLink seq={answer.seq} />
        </span>
      </h3>
      <p className="truncate text-small text-ink-2" title={input === undefined ? tool : inputText(input)}>
        <code>{tool}</code> {input === undefined ? "" : inputText(input).split("\n", 1)[0]}
      </p>
      <LongText look="framed" text={text} truncated={answer.truncated} seq={answer.seq} outputOf={outputOf} />
    </section>
  );
}

"use client";

import type { ReactNode } from "react";
import { CopyButton } from "@/components/text/copy-button";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { parseObject, readable } from "@/components/trees/message-content";
import { Skeleton } from "@/components/ui/page/skeleton";
import { Button, Separator } from "@/components/ui/parts";
import { StatusGlyph } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import type { Task } from "@/core/shapes/shapes";
import { spentText } from "@/core/words/figures";
import type { Sentence } from "@/core/words/tasks";

interface ResultCardProps {
  task: Task;
  /** The task with its long texts; the row itself while they load. */
  detail: Task;
  says: Sentence;
  /** The person may continue the task by a message. */
  mayGoOn: boolean;
  /** Claims and files. */
  children: ReactNode;
  /** What can be done with it. */
  actions: ReactNode;
}

/** The result of a succeeded task, then its evidence, and ways to continue. */
export function ResultCard({ task, detail, says, mayGoOn, children, actions }: ResultCardProps) {
  const isLoading = detail === task && detail.result === null;
  return (
    <section
      className="scroll-mt-3 rounded-lg border border-line-strong bg-raised px-4 py-3"
      aria-label="Result"
      data-result
      tabIndex={-1}
    >
      <h3 className="sr-only">Result</h3>
      <div className="flex min-w-0 flex-wrap items-start gap-x-3 gap-y-1 text-small text-ink-2">
        <span className="inline-flex min-w-0 items-start gap-1.5 text-ok [&>svg]:mt-px" data-testid="task-sentence">
          <StatusGlyph status="succeeded" labelled={false} />
          {says.text}
        </span>
        <span className="ml-auto whitespace-nowrap">
          {spentText(task.spent)}
          <Separator />
          <Elapsed since={task.started_at} until={task.ended_at} isNamed />
        </span>
      </div>
      <div className="mt-2" data-testid="result">
        {isLoading ? (
          <Skeleton role="status" aria-label="Loading the result">
            <i />
            <i className="w-4/5" />
          </Skeleton>
        ) : (
          <ResultText text={detail.result || "The task ended without a text as its result."} />
        )}
      </div>
      {children}
      <CardActions text={detail.result ?? ""} mayGoOn={mayGoOn}>
        {actions}
      </CardActions>
    </section>
  );
}

/** Markdown, or lines of `name: value` for a result that is JSON. */
function ResultText({ text }: { text: string }) {
  const parsed = parseObject(text);
  return parsed ? <LongText look="framed" text={readable(parsed)} /> : <Markdown text={text} />;
}

/** One row. Copy stands apart, and is there before the text is: a row that grows would move the buttons in it. */
function CardActions({ text, mayGoOn, children }: { text: string; mayGoOn: boolean; children: ReactNode }) {
  return (
    <div className="-mx-4 mt-3 flex flex-wrap items-center gap-2 border-t border-line px-4 pt-3">
      {mayGoOn ? (
        <Button look="primary" icon="comment" hint="s" onClick={goOn} title="Write what comes next; the task continues">
          Go on
        </Button>
      ) : null}
      {children}
      <span className="ml-auto">
        <CopyButton text={text} look="quiet">
          Copy
        </CopyButton>
      </span>
    </div>
  );
}

function goOn(): void {
  document.querySelector<HTMLElement>("[data-steer]")?.focus();
}

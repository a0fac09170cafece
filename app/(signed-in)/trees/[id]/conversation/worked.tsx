"use client";

import type { ReactNode } from "react";
import { logMessage } from "@/components/trees/message-content";
import { FoldMark } from "@/components/ui/fold-mark";
import { Icon } from "@/components/ui/icon";
import { StatusGlyph } from "@/components/ui/status";
import { Clock, Elapsed } from "@/components/ui/time";
import { isEnded } from "@/core/log/terms";
import type { Exchange } from "@/core/shapes/conversation";
import type { Message, Task } from "@/core/shapes/shapes";
import { failedAttemptText, workedText } from "@/core/words/conversation";
import { eventLine } from "@/core/words/events";
import { duration, plain } from "@/core/words/figures";
import { STATUS_WORDS } from "@/core/words/status";
import { MessageLink } from "../log/message-link";

interface WorkedProps {
  exchange: Exchange;
  /** The task, for the exchange that it works on or has ended last. */
  task?: Task;
}

/** The work between a message and its result, folded to one line, and the attempts that failed under it. */
export function Worked({ exchange, task }: WorkedProps) {
  const notes = exchange.notes.flatMap((message) => noteOf(message) ?? []);
  const summary = task && !isEnded(task.status) ? <Working exchange={exchange} task={task} /> : workedText(exchange);
  return (
    <div className="min-w-0 flex-auto" data-worked>
      {notes.length > 0 ? (
        <details>
          <summary className="flex min-h-7 w-fit cursor-pointer list-none items-center gap-2 rounded-control text-ink-2 hover:text-ink phone:min-h-9 [&::-webkit-details-marker]:hidden">
            <FoldMark />
            <span className="flex min-w-0 items-center gap-1.5">{summary}</span>
          </summary>
          <ul className="mt-1 mb-1 ml-1.5 border-l border-line pl-4">{notes}</ul>
        </details>
      ) : (
        <p className="flex min-h-7 items-center gap-1.5 text-ink-2 phone:min-h-9">{summary}</p>
      )}
      {exchange.failed.map((end) => (
        <p key={end.seq} className="flex min-w-0 gap-2 py-0.5 text-ink-2" data-failed-attempt>
          <Icon name="failed" className="mt-[3px] size-3.5 flex-none text-fail" />
          <span className="min-w-0 wrap-anywhere">
            {failedAttemptText(end)}{" "}
            <span className="text-small text-ink-3">
              <Clock at={end.at} /> <MessageLink seq={end.seq} />
            </span>
          </span>
        </p>
      ))}
    </div>
  );
}

function Working({ exchange: { working_since: since, worked_ms }, task }: { exchange: Exchange; task: Task }) {
  const isRunning = task.status === "running";
  const state = since ? "At work" : STATUS_WORDS[task.status];
  return (
    <>
      {isRunning ? <StatusGlyph status="running" labelled={false} /> : null}
      <span>
        <b className="font-medium text-ink">{isRunning ? "Working" : state}</b>
        {since ? (
          <>
            {" · "}
            <Elapsed since={new Date(Date.parse(since) - worked_ms).toISOString()} until={null} />
          </>
        ) : worked_ms > 0 ? (
          ` · ${duration(worked_ms)}`
        ) : null}
      </span>
    </>
  );
}

/** Returns a line for an event of the work; null where the log shows none. */
function noteOf(message: Message): ReactNode {
  const log = logMessage(message);
  const line = log?.kind === "event" ? eventLine(log.content) : null;
  if (!line) return null;
  const body = line.body?.trim().split("\n", 1)[0];
  return (
    <li key={message.seq} className="py-0.5 wrap-anywhere">
      <b className={`font-medium ${line.look === "bad" ? "text-fail" : ""}`}>{line.title}.</b> {line.text}{" "}
      {line.at ? <Clock at={line.at} /> : null} {body ? plain(body) : null}{" "}
      <span className="text-small text-ink-3">
        <MessageLink seq={message.seq} />
      </span>
    </li>
  );
}

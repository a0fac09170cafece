"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import type { RunningCall } from "@/components/feed/activity";
import { Cuts } from "@/components/text/cuts";
import { Fold } from "@/components/text/fold";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { commandEnd, exitText, readAnswer } from "@/components/trees/call-answer";
import type { CallAnswer, CallEntry } from "@/components/trees/log-entries";
import { argumentOf, inputText, textOf } from "@/components/trees/message-content";
import { StatusGlyph } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import type { Message } from "@/core/shapes/shapes";
import { plural, shortDuration } from "@/core/words/figures";
import { useForkFrom } from "../control/fork-point";
import { useLogPlace } from "./log-place";
import { RunningOutput } from "./running-output";
import { SubtaskLink, SubtaskName, SubtaskWord } from "./subtask-now";

/** Few results bring files, so that no page waits for it. */
const Attachments = dynamic(() => import("./attachments").then((module) => module.Attachments));

interface ToolCallProps {
  call: CallEntry;
  /** What is known of the call while it runs; null when another call or none runs. */
  running: RunningCall | null;
}

/** A tool call on one line, and below it the last lines that its command prints while it runs. */
export function ToolCall({ call, running }: ToolCallProps) {
  return (
    <>
      <CallLine call={call} running={running} />
      {running && !call.answer ? <RunningOutput output={running.output} /> : null}
    </>
  );
}

/** Name, argument, result and duration. The texts are rendered only while it is open. */
function CallLine({ call, running }: ToolCallProps) {
  const target = useLogPlace()?.target ?? null;
  const isTarget = target !== null && (call.answer?.seq === target || call.seq === target);
  const [open, setOpen] = useState(isTarget);
  const [lastTarget, setLastTarget] = useState(isTarget);
  // A link to the call or to its response opens it.
  if (isTarget !== lastTarget) {
    setLastTarget(isTarget);
    if (isTarget) setOpen(true);
  }
  return (
    <Fold
      state={{ open, onToggle: setOpen }}
      data-call={call.key}
      isTarget={isTarget}
      line={
        <>
          <CallName call={call} running={running} />
          <CallResult call={call} running={running} />
        </>
      }
    >
      {open ? (
        <>
          {call.input === undefined ? null : <LongText look="folded" text={inputText(call.input)} />}
          {call.unasked && call.answer ? (
            <p className="border-line border-t px-3 py-1 text-ink-3 text-small">{call.unasked}</p>
          ) : null}
          {call.answer ? <Answer tool={call.tool} answer={call.answer} /> : null}
          {call.subtask ? (
            <p className="border-line border-t px-3 py-1 text-small">
              <SubtaskLink id={call.subtask} />
            </p>
          ) : null}
          {call.answer && call.answer.attachments.length > 0 ? <Attachments answer={call.answer} /> : null}
          {call.answer ? <ForkAnswer tool={call.tool} answer={call.answer} /> : null}
        </>
      ) : null}
    </Fold>
  );
}

/** What is called, after a glyph of how it stands. A subtask is known by its title, and its glyph shows how it stands now. */
function CallName({ call, running }: ToolCallProps) {
  if (call.subtask) return <SubtaskName id={call.subtask} />;
  const { answer, started } = call;
  const status = answer ? (isBad(call, answer) ? "failed" : "succeeded") : running || started ? "running" : "ready";
  return (
    <>
      <StatusGlyph status={status} labelled={false} />
      <span className="font-mono text-mono whitespace-nowrap">{call.tool}</span>
      <span className="font-mono text-mono min-w-0 flex-auto truncate">{argumentOf(call.tool, call.input)}</span>
    </>
  );
}

function isBad(call: CallEntry, answer: CallAnswer): boolean {
  const end = commandEnd(call.tool, answer.text);
  return answer.isError || (end !== null && end.exitStatus !== 0);
}

function Answer({ tool, answer }: { tool: string; answer: CallAnswer }) {
  const { text, isProse } = readAnswer(tool, answer.text);
  if (isProse) {
    return (
      <div className="border-t border-line px-3 py-2">
        <Markdown text={text} />
      </div>
    );
  }
  const read = (message: Message) => readAnswer(tool, textOf(message)).text;
  const outputOf = answer.wholeChars === null ? undefined : { seq: answer.seq, chars: answer.wholeChars };
  return (
    <LongText look="folded" text={text} truncated={answer.truncated} seq={answer.seq} read={read} outputOf={outputOf} />
  );
}

function ForkAnswer({ tool, answer }: { tool: string; answer: CallAnswer }) {
  const forkFrom = useForkFrom();
  if (!forkFrom) return null;
  const edit = { text: answer.text, isCut: answer.truncated };
  return (
    <Cuts>
      <span>#{answer.seq}</span>
      <button
        type="button"
        className="link"
        onClick={() => forkFrom({ at: answer.seq, what: `the response from ${tool}`, edit })}
      >
        Fork with another response
      </button>
    </Cuts>
  );
}

/** States of a core tool's call that has no response yet. */
const WAITING_WORDS: Record<string, string> = {
  start_subtask: "running",
  break_down_task: "planning",
  wait_for_subtasks: "waiting",
  ask: "waiting for the answer",
  end_task: "being checked",
};

function CallResult({ call, running }: ToolCallProps) {
  const { answer, subtask } = call;
  if (subtask) {
    return (
      <span className="text-small whitespace-nowrap">
        <SubtaskWord id={subtask} />
      </span>
    );
  }
  if (!answer) {
    const word = WAITING_WORDS[call.tool] ?? (running || call.started ? "running" : "no response yet");
    const since = running?.since ?? (call.started ? call.since : null);
    return (
      <>
        {running?.line ? <span className="min-w-0 truncate text-small text-ink-3">{running.line}</span> : null}
        <span className="text-small whitespace-nowrap text-ink-3">
          {word}
          {since ? (
            <>
              {" · "}
              <Elapsed since={since} until={null} />
            </>
          ) : null}
        </span>
      </>
    );
  }
  const end = commandEnd(call.tool, answer.text);
  const ms = end?.ms ?? (call.since && !call.isInvalid ? Date.parse(answer.at) - Date.parse(call.since) : null);
  return (
    <span className={`text-small whitespace-nowrap ${isBad(call, answer) ? "text-fail" : "text-ink-3"}`}>
      {end ? exitText(end) : resultText(call, answer)}
      {ms === null ? null : <span className="text-ink-3"> · {shortDuration(ms)}</span>}
    </span>
  );
}

function resultText(call: CallEntry, answer: CallAnswer): string {
  const { word, text } = readAnswer(call.tool, answer.text);
  if (call.isInvalid) return "invalid, not run";
  const lines = text === "" ? "empty" : plural(text.split("\n").length, "line");
  const isMore = answer.truncated || answer.wholeChars;
  return word ?? `${answer.isError ? "failed, " : ""}${lines}${isMore && !answer.isError ? "+" : ""}`;
}

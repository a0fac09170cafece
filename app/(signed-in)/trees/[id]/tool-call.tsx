"use client";

import { useState } from "react";
import { LongText } from "@/components/text/long-text";
import type { CallEntry } from "@/components/trees/log-entries";
import { argumentOf, inputText, textOf } from "@/components/trees/message-content";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";

/** One line until it is opened: name, argument, result. Its texts are put into the page only then. */
export function ToolCall({ call }: { call: CallEntry }) {
  const [open, setOpen] = useState(false);
  const { answer } = call;
  return (
    <details className="tool" open={open} onToggle={(event) => setOpen(event.currentTarget.open)} data-call={call.id}>
      <summary>
        <Icon name="chev" className="i tw" />
        <span className="mono nowrap">{call.name}</span>
        <span className="mono cut dim grow">{argumentOf(call.input)}</span>
        <CallResult call={call} />
      </summary>
      {open ? (
        <>
          {call.input === undefined ? null : <LongText text={inputText(call.input)} />}
          {answer ? <LongText text={answer.text} truncated={answer.truncated} seq={answer.seq} read={textOf} /> : null}
        </>
      ) : null}
    </details>
  );
}

function CallResult({ call }: { call: CallEntry }) {
  const { answer } = call;
  if (!answer) return <span className="small nowrap faint">{call.started ? "running" : "not answered yet"}</span>;
  const lines = answer.text === "" ? "empty" : plural(answer.text.split("\n").length, "line");
  const result = `${lines}${answer.truncated ? "+" : ""}`;
  if (answer.isError) return <span className="small nowrap minus">failed, {result}</span>;
  return <span className="small nowrap faint">{result}</span>;
}

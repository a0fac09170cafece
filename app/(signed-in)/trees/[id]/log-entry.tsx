"use client";

import { memo, type ReactNode } from "react";
import type { Message } from "@/agents/core/shapes";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import type { CallEntry, LogEntry } from "@/components/trees/log-entries";
import { textOf } from "@/components/trees/message-content";
import { count } from "@/components/ui/format";
import { Icon, type IconName } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
import { ToolCall } from "./tool-call";

/** The parts of a message that are folded unless somebody wants them. */
const FOLDED = 1_200;

export const LogEntryItem = memo(function LogEntryItem({ entry, agent }: { entry: LogEntry; agent: string }) {
  switch (entry.kind) {
    case "agent":
      return (
        <Item entry={entry} icon="agent" who={agent} what={`turn ${entry.turn}`} figures={entry.tokens}>
          {entry.reasoning ? <Folded title="Reasoning" text={entry.reasoning} /> : null}
          {entry.text ? <Markdown text={entry.text} /> : null}
          {entry.truncated ? <p className="hint">This message was cut at 32 KB.</p> : null}
          <Calls calls={entry.calls} />
        </Item>
      );
    case "calls":
      return (
        <Item entry={entry} icon="agent" who={agent} what={`turn ${entry.turn}`}>
          <Calls calls={entry.calls} />
        </Item>
      );
    case "steer":
      return (
        <Item entry={entry} icon="user" who={entry.by ?? "You"} what="steered" look="steer point">
          <Markdown text={entry.text} />
        </Item>
      );
    case "event":
      return (
        <Item entry={entry} icon="flag" who="Event" what={entry.turn ? `turn ${entry.turn}` : ""} look="event">
          {entry.text.length > FOLDED ? <Folded title="Text" text={entry.text} /> : <Markdown text={entry.text} />}
        </Item>
      );
    default:
      return (
        <Item
          entry={entry}
          icon="doc"
          who={entry.kind === "system" ? "System prompt" : "Instruction"}
          what=""
          look="event"
        >
          <Folded
            title={entry.text.split("\n", 1)[0]?.slice(0, 120) || "Text"}
            text={entry.text}
            truncated={entry.truncated}
            seq={entry.seq}
          />
        </Item>
      );
  }
});

interface ItemProps {
  entry: LogEntry;
  icon: IconName;
  who: string;
  what: string;
  look?: string;
  figures?: number | null;
  children: ReactNode;
}

function Item({ entry, icon, who, what, look = "", figures, children }: ItemProps) {
  return (
    <li className={look} data-seq={entry.seq}>
      <Icon name={icon} />
      <div className="who">
        <b>{who}</b>
        <span>
          {what}
          {what ? " · " : ""}
          <Clock at={entry.at} />
          {figures ? ` · ${count(figures)} tokens` : ""} · #{entry.seq}
        </span>
      </div>
      {children}
    </li>
  );
}

function Calls({ calls }: { calls: CallEntry[] }) {
  return calls.map((call) => <ToolCall key={call.id} call={call} />);
}

function Folded({ title, text, truncated, seq }: { title: string; text: string; truncated?: boolean; seq?: number }) {
  return (
    <details className="tool">
      <summary>
        <Icon name="chev" className="i tw" />
        <span className="cut dim grow">{title}</span>
      </summary>
      <LongText text={text} truncated={truncated} seq={seq} read={readText} />
    </details>
  );
}

const readText = (message: Message) => textOf(message);

"use client";

import { memo } from "react";
import type { RunningCall } from "@/components/feed/activity";
import { Markdown } from "@/components/text/markdown";
import type { CallEntry, LogEntry } from "@/components/trees/log-entries";
import { count, money } from "@/core/words/figures";
import { inputText } from "@/core/words/usage";
import { EventItem } from "./event-item";
import { Folded, firstLine, Item } from "./log-item";
import { SetupItem } from "./setup-item";
import { ToolCall } from "./tool-call";

interface LogEntryItemProps {
  entry: LogEntry;
  agent: string;
  select: (id: string) => void;
  /** The running call, if it is one of the entry's calls. */
  running: RunningCall | null;
}

/** Memoized, because the log renders again with each message and most entries do not change. */
export const LogEntryItem = memo(
  LogEntryContent,
  (before, now) =>
    before.entry.seq === now.entry.seq &&
    before.entry.until === now.entry.until &&
    before.entry.kind === now.entry.kind &&
    before.agent === now.agent &&
    before.running === now.running &&
    before.select === now.select,
);

function LogEntryContent({ entry, agent, select, running }: LogEntryItemProps) {
  switch (entry.kind) {
    case "agent":
      return (
        <Item entry={entry} icon="agent" who={agent} what={`turn ${entry.turn}`} figures={figuresOf(entry)}>
          {entry.reasoning ? <Folded title="Reasoning" text={entry.reasoning} /> : null}
          {entry.text ? <Markdown text={entry.text} /> : null}
          {entry.truncated ? <Folded title="Full message" text={entry.text} cut={entry} /> : null}
          <Calls calls={entry.calls} running={running} />
        </Item>
      );
    case "calls":
      return (
        <Item entry={entry} icon="agent" who={agent} what={`turn ${entry.turn}`}>
          <Calls calls={entry.calls} running={running} />
        </Item>
      );
    case "steer":
      return (
        <Item
          entry={entry}
          icon="user"
          who={entry.by}
          what={entry.continues === undefined ? "steered" : "continued"}
          look="steer"
        >
          <Markdown text={entry.text} />
        </Item>
      );
    case "event":
      return <EventItem entry={entry} select={select} />;
    case "system":
      return <SetupItem entry={entry} />;
    case "instruction": {
      const { instruction, criteria, material } = entry.assignment;
      return (
        <Item entry={entry} icon="doc" who="Instruction" look="event">
          <Folded title={firstLine(instruction)} text={instruction} cut={entry} />
          {criteria ? <Folded title={`Criteria: ${firstLine(criteria)}`} text={criteria} /> : null}
          {material ? <Folded title="Material from the judged task" text={material} /> : null}
        </Item>
      );
    }
    case "broken":
      return (
        <Item entry={entry} icon="tri" who="Damaged" look="failure">
          <p>This entry was edited outside Banyan and cannot be read. Choose “Raw” to see its stored text.</p>
        </Item>
      );
  }
}

function figuresOf({ used, costUsd }: LogEntry & { kind: "agent" }): { cost: string; tokens: string } {
  const cost = costUsd > 0 ? ` · ${money(costUsd)}` : "";
  const input = used && inputText({ input: used.inputTokens, cached: used.cacheReadTokens });
  return { cost, tokens: used ? ` · ${input}, ${count(used.outputTokens)} out` : "" };
}

function Calls({ calls, running }: { calls: CallEntry[]; running: RunningCall | null }) {
  return calls.map((call) => (
    <ToolCall key={call.key} call={call} running={running?.key === call.key ? running : null} />
  ));
}

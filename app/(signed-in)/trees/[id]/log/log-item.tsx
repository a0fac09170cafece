"use client";

import type { ReactNode } from "react";
import { Fold } from "@/components/text/fold";
import { LongText } from "@/components/text/long-text";
import type { LogEntry } from "@/components/trees/log-entries";
import { textOf } from "@/components/trees/message-content";
import type { IconName } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
import type { Message } from "@/core/shapes/shapes";
import { forkPointOf } from "../control/fork-point";
import { ForkButton } from "./fork-button";
import { type EntryLook, LogHead, LogLine, LogMark } from "./log-line";
import { useLogPlace } from "./log-place";
import { MessageLink } from "./message-link";

interface ItemProps {
  entry: LogEntry;
  icon: IconName;
  who: string;
  what?: string;
  look?: EntryLook;
  figures?: { cost: string; tokens: string };
  children?: ReactNode;
}

/** One log entry: its author, turn, time and cost, with its content below. */
export function Item({ entry, icon, who, what = "", look = "plain", figures, children }: ItemProps) {
  const point = forkPointOf(entry);
  const target = useLogPlace()?.target ?? null;
  const isTarget = target !== null && entry.seq <= target && target <= entry.until;
  return (
    <LogLine look={look} isTarget={isTarget} data-seq={entry.seq}>
      <LogMark icon={icon} look={look} isTarget={isTarget} />
      <LogHead who={who}>
        <span>
          {what}
          {what ? " · " : ""}
          <Clock at={entry.at} />
          {figures?.cost}
          {figures?.tokens ? <span className="phone:hidden">{figures.tokens}</span> : null}
          <span className="whitespace-nowrap">
            {" "}
            · <MessageLink seq={entry.seq} />
          </span>
        </span>
        {point ? <ForkButton point={point} isAlwaysShown={look === "steer"} /> : null}
      </LogHead>
      {children}
    </LogLine>
  );
}

/** Text that starts folded. When `text` is only the beginning, `cut` is the message to load the full text from. */
export function Folded({ title, text, cut }: { title: string; text: string; cut?: LogEntry }) {
  return (
    <Fold line={<span className="min-w-0 flex-auto truncate text-ink-2">{title}</span>}>
      <LongText look="folded" text={text} truncated={cut?.truncated} seq={cut?.seq} read={readText} />
    </Fold>
  );
}

export function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.slice(0, 160) ?? "";
}

const readText = (message: Message) => textOf(message);

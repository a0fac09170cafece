"use client";

import type { ReactNode } from "react";
import type { Message } from "@/agents/core/shapes";
import { LongText } from "@/components/text/long-text";
import type { LogEntry } from "@/components/trees/log-entries";
import { textOf } from "@/components/trees/message-content";
import { Icon, type IconName } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
import { ForkButton } from "./fork-button";
import { forkPointOf } from "./fork-point";
import { useLogPlace } from "./log-place";
import { MessageLink } from "./message-link";

interface ItemProps {
  entry: LogEntry;
  icon: IconName;
  who: string;
  what?: string;
  look?: string;
  figures?: { cost: string; tokens: string };
  children?: ReactNode;
}

/** One entry: who, turn, time, what it cost, and below it what was said. */
export function Item({ entry, icon, who, what = "", look = "", figures, children }: ItemProps) {
  const point = forkPointOf(entry);
  const target = useLogPlace()?.target ?? null;
  const isTarget = target !== null && entry.seq <= target && target <= entry.until;
  return (
    <li className={isTarget ? `${look} target` : look} data-seq={entry.seq} tabIndex={-1}>
      <Icon name={icon} />
      <div className="who">
        <b>{who}</b>
        <span>
          {what}
          {what ? " · " : ""}
          <Clock at={entry.at} />
          {figures?.cost}
          {figures?.tokens ? <span className="wide">{figures.tokens}</span> : null} · <MessageLink seq={entry.seq} />
        </span>
        {point ? <ForkButton point={point} /> : null}
      </div>
      {children}
    </li>
  );
}

/** `cut`: the message whose whole text can be fetched, where the list holds only its beginning. */
export function Folded({ title, text, cut }: { title: string; text: string; cut?: LogEntry }) {
  return (
    <details className="tool">
      <summary>
        <Icon name="chev" className="i tw" />
        <span className="cut dim grow">{title}</span>
      </summary>
      <LongText text={text} truncated={cut?.truncated} seq={cut?.seq} read={readText} />
    </details>
  );
}

export function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.slice(0, 160) ?? "";
}

const readText = (message: Message) => textOf(message);

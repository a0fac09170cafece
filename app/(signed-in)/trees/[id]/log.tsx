"use client";

import { useState } from "react";
import type { Draft, TreeFeed } from "@/components/feed/tree-feed";
import type { LogEntry } from "@/components/trees/log-entries";
import { plural } from "@/components/ui/format";
import { DraftEntry } from "./draft-entry";
import { LogEntryItem } from "./log-entry";
import { RawLog } from "./raw-log";

/** Entries in the page at first; the rest is one press away. */
const WINDOW = 120;

interface LogProps {
  feed: TreeFeed;
  entries: LogEntry[];
  draft: Draft | null;
  agent: string;
  select: (id: string) => void;
  loadEarlier: () => Promise<void>;
  problem: string | null;
}

export function Log({ feed, entries, draft, agent, select, loadEarlier, problem }: LogProps) {
  const [shown, setShown] = useState(WINDOW);
  const [raw, setRaw] = useState(false);
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const hidden = Math.max(0, entries.length - shown);

  async function showEarlier(): Promise<void> {
    setShown((now) => now + WINDOW);
    if (hidden > 0 || !feed.hasEarlier) return;
    setLoading(true);
    try {
      await loadEarlier();
      setFailure(null);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "Earlier messages could not be read.");
    } finally {
      setLoading(false);
    }
  }

  const trouble = failure ?? problem;
  return (
    <div className="part">
      <h3>
        Log <span className="small">{feed.logLoaded ? plural(feed.log.length, "message") : ""}</span>
        <span className="grow" />
        <button type="button" className="link small" aria-pressed={raw} onClick={() => setRaw(!raw)}>
          {raw ? "Read" : "Raw"}
        </button>
      </h3>
      {trouble ? (
        <p className="hint bad" role="alert">
          {trouble}
        </p>
      ) : null}
      {hidden > 0 || feed.hasEarlier ? (
        <button type="button" className="link small" disabled={loading} onClick={() => void showEarlier()}>
          {loading ? "Reading earlier messages" : "Show earlier messages"}
        </button>
      ) : null}
      {feed.logLoaded ? null : <LogSkeleton />}
      {raw ? (
        <RawLog messages={feed.log.slice(-shown)} />
      ) : (
        <ol className="log">
          {entries.slice(hidden).map((entry) => (
            <LogEntryItem key={entry.seq} entry={entry} agent={agent} select={select} />
          ))}
          {draft ? <DraftEntry draft={draft} agent={agent} /> : null}
        </ol>
      )}
    </div>
  );
}

/** Grey bars in the shape of what comes, shown only when it takes a moment. */
function LogSkeleton() {
  return (
    <div className="skel late" role="status" aria-label="The log is being read">
      <i className="w-1/3" />
      <i />
      <i className="w-4/5" />
    </div>
  );
}

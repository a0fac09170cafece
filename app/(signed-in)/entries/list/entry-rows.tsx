import Link from "next/link";
import type { ReactNode } from "react";
import { Badge, Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { EntryKind, ListedEntry } from "@/core/shapes/configuration";
import { exactCount, plural } from "@/core/words/figures";
import { addressOf } from "../kinds/kinds";
import { runsText } from "../kinds/use-text";

interface EntryRowsProps {
  kind: EntryKind;
  entries: ListedEntry[];
  proposed: string[];
}

export function EntryRows({ kind, entries, proposed }: EntryRowsProps) {
  return (
    <ul className="*:border-b *:border-line">
      {proposed.map((name) => (
        <li key={`proposed ${name}`}>
          <EntryRow kind={kind} name={name}>
            <span className="min-w-0">
              <b className="font-mono text-mono wrap-anywhere font-medium">{name}</b>
              <span className="block text-ink-2">Proposed by an agent. Tasks use it only after approval.</span>
            </span>
            <Badge look="you" icon="proposal">
              New
            </Badge>
          </EntryRow>
        </li>
      ))}
      {entries.map((entry) => (
        <li key={entry.name}>
          <EntryRow kind={kind} name={entry.name}>
            <span className="min-w-0">
              <span className="flex min-w-0 flex-wrap items-center gap-2">
                <b className="font-mono text-mono wrap-anywhere font-medium">{entry.name}</b>
                {entry.proposals > 0 ? (
                  <Badge look="you" icon="proposal">
                    {plural(entry.proposals, "proposal")}
                  </Badge>
                ) : null}
                {entry.edited ? <Badge>Edited</Badge> : null}
              </span>
              <span className="block text-ink-2">{entry.description}</span>
            </span>
            <span className="text-ink-2 text-small narrow:col-start-1">{summaryOf(entry)}</span>
            <span className="text-ink-2 text-small">
              {kind === "document" ? `${exactCount(entry.tokens)} tokens` : runsText(entry)}
            </span>
            <span className="text-ink-2 text-small">
              <span className="font-mono text-mono wrap-anywhere">v{entry.version}</span>
              <Separator />
              {entry.edited ? (
                <>
                  {entry.by}, <Clock at={entry.edited_at} />
                </>
              ) : (
                "built-in"
              )}
            </span>
          </EntryRow>
        </li>
      ))}
    </ul>
  );
}

function EntryRow({ kind, name, children }: { kind: EntryKind; name: string; children: ReactNode }) {
  return (
    <Link
      className="-mx-2 grid grid-cols-[minmax(0,1fr)_256px_224px_112px] items-baseline gap-x-4 gap-y-0.5 rounded-sm p-2 hover:bg-hover narrow:grid-cols-[minmax(0,1fr)_168px] phone:grid-cols-1 phone:py-2.5"
      href={addressOf(kind, name)}
      data-entry={name}
    >
      {children}
    </Link>
  );
}

function summaryOf({ kind, model, tools, documents, agents, runbooks }: ListedEntry): string {
  if (kind === "runbook") return runbooks.length > 0 ? `Started by ${runbooks.join(", ")}` : "Started by tasks";
  if (kind === "document") return agents.length > 0 ? `Used by ${agents.join(", ")}` : "Not used by any agent";
  const who = model === "inherit" ? "Model of the tree" : (model ?? "");
  return `${who} · ${plural(tools.length, "tool")} · ${plural(documents.length, "document")}`;
}

import Link from "next/link";
import type { EntryKind, ListedEntry } from "@/agents/core/shapes-configuration";
import { exactCount, plural } from "@/components/ui/format";
import { Badge } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { addressOf } from "./kinds";
import { runsText } from "./use-text";

interface EntryRowsProps {
  kind: EntryKind;
  entries: ListedEntry[];
  proposed: string[];
}

export function EntryRows({ kind, entries, proposed }: EntryRowsProps) {
  return (
    <ul className="rows entryrows">
      {proposed.map((name) => (
        <li key={`proposed ${name}`}>
          <Link className="erow" href={addressOf(kind, name)} data-entry={name}>
            <span className="two">
              <b className="mono">{name}</b>
              <span className="dim block">Proposed by an agent. A draft: nothing uses it until you approve it.</span>
            </span>
            <Badge look="you" icon="proposal">
              New
            </Badge>
          </Link>
        </li>
      ))}
      {entries.map((entry) => (
        <li key={entry.name}>
          <Link className="erow" href={addressOf(kind, entry.name)} data-entry={entry.name}>
            <span className="two">
              <span className="flex wrap">
                <b className="mono">{entry.name}</b>
                {entry.proposals > 0 ? (
                  <Badge look="you" icon="proposal">
                    {plural(entry.proposals, "proposal")}
                  </Badge>
                ) : null}
                {entry.edited ? <Badge>Edited</Badge> : null}
              </span>
              <span className="dim block">{entry.description}</span>
            </span>
            <span className="holds small dim">{heldBy(entry)}</span>
            <span className="small dim">
              {kind === "document" ? `${exactCount(entry.tokens)} tokens` : runsText(entry)}
            </span>
            <span className="when small dim">
              <span className="mono">v{entry.version}</span>
              <span className="sep" />
              {entry.edited ? (
                <>
                  {entry.by}, <Clock at={entry.edited_at} />
                </>
              ) : (
                "as shipped"
              )}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function heldBy({ kind, model, tools, documents, agents, runbooks }: ListedEntry): string {
  if (kind === "runbook") return runbooks.length > 0 ? `Started by ${runbooks.join(", ")}` : "Started with a task";
  if (kind === "document") return agents.length > 0 ? `Read by ${agents.join(", ")}` : "No agent lists it";
  const who = model === "inherit" ? "The tree's model" : (model ?? "");
  return `${who} · ${plural(tools.length, "tool")} · ${plural(documents.length, "document")}`;
}

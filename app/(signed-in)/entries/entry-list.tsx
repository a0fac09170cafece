"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useRef, useState } from "react";
import type { EntryKind, ListedEntry } from "@/agents/core/shapes-configuration";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { areKeysOn, isSingleKey } from "@/components/ui/single-keys";
import { EntryNames } from "./entry-facts";
import { EntryRows } from "./entry-rows";
import { ExportButton } from "./export-button";
import { ImportDialog } from "./import-dialog";
import { KINDS } from "./kinds";

interface EntryListProps {
  kind: EntryKind;
  entries: ListedEntry[];
  /** Names that agents propose and that are not there yet. */
  proposed: string[];
  /** Names of those that can be restored. */
  removed: string[];
  mayEdit: boolean;
}

/** All entries of a kind: found by any word of a row, walked through with the keyboard. */
export function EntryList({ kind, entries, proposed, removed, mayEdit }: EntryListProps) {
  const router = useRouter();
  const [wanted, setWanted] = useState("");
  const [isImporting, setImporting] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => filtered(entries, wanted), [entries, wanted]);
  useListKeys(list);
  const { title, one, unit, lead } = KINDS[kind];
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>{title}</h1>
        <span className="grow" />
        {mayEdit ? (
          <Link className="btn" href={`/${unit}?new=1`}>
            <Icon name="plus" />
            New {one}
          </Link>
        ) : null}
      </header>
      <div className="page">
        <p className="lead">
          {lead} {mayEdit ? "" : `You may look; reviewers and admins change ${unit}.`}
        </p>
        <div className="entrytools">
          <div className="find entryfind">
            <Icon name="search" />
            <input
              type="search"
              value={wanted}
              placeholder={`Find ${unit}`}
              aria-label={`Find ${unit}`}
              data-find
              onChange={(event) => setWanted(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape" && wanted) setWanted("");
                if (event.key === "Enter" && shown[0]) firstRow(list.current)?.click();
                if (event.key === "ArrowDown") firstRow(list.current)?.focus();
              }}
            />
          </div>
          <span className="grow" />
          {mayEdit ? <Button onClick={() => setImporting(true)}>Import</Button> : null}
          <ExportButton kind={kind} />
        </div>
        <div ref={list}>
          <EntryRows kind={kind} entries={shown} proposed={wanted ? [] : proposed} />
        </div>
        {entries.length === 0 && proposed.length === 0 ? <p className="dim">{KINDS[kind].none}</p> : null}
        {entries.length > 0 && shown.length === 0 ? (
          <p className="dim py-2">
            No {one} has “{wanted}” in its row.{" "}
            <button type="button" className="link" onClick={() => setWanted("")}>
              Show all {entries.length}
            </button>
          </p>
        ) : null}
        {removed.length > 0 && !wanted ? (
          <p className="small dim py-2">
            Removed: <EntryNames kind={kind} names={removed} />
          </p>
        ) : null}
      </div>
      {isImporting ? (
        <ImportDialog kind={kind} onClosed={() => setImporting(false)} onDone={() => router.refresh()} />
      ) : null}
    </main>
  );
}

function filtered(entries: ListedEntry[], wanted: string): ListedEntry[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter(({ name, description, model, tools, documents, agents, runbooks }) => {
    const text = [name, description, model ?? "", ...tools, ...documents, ...agents, ...runbooks]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function firstRow(list: HTMLElement | null): HTMLElement | null {
  return list?.querySelector<HTMLElement>("[data-entry]") ?? null;
}

/** j and k, or the arrows, move the focus from name to name; Enter is the link's own. */
function useListKeys(list: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isLetter = event.key === "j" || event.key === "k";
      if (!isSingleKey(event) || (isLetter && !areKeysOn())) return;
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-entry]") ?? [])];
      const at = rows.indexOf(document.activeElement as HTMLElement);
      if (at < 0 && !isLetter) return;
      event.preventDefault();
      rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [list]);
}

"use client";

import Link from "next/link";
import { useEffect, useMemo, useRef, useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { buttonLook } from "@/components/ui/button-look";
import { areKeysOn, isSingleKey } from "@/components/ui/hooks/single-keys";
import { Icon } from "@/components/ui/icon";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { Button } from "@/components/ui/parts";
import type { EntryKind, ListedEntry } from "@/core/shapes/configuration";
import { ExportButton } from "../files/export-button";
import { ImportDialog } from "../files/import-dialog";
import { EntryNames } from "../kinds/entry-facts";
import { KINDS } from "../kinds/kinds";
import { EntryRows } from "./entry-rows";

interface EntryListProps {
  kind: EntryKind;
  entries: ListedEntry[];
  /** Names of new entries that agents propose. */
  proposed: string[];
  /** Names of removed entries, which can be restored. */
  removed: string[];
  mayEdit: boolean;
  /** Content after the list. */
  children?: React.ReactNode;
}

/** The list of all agents, documents or runbooks, with search and keyboard navigation. */
export function EntryList({ kind, entries, proposed, removed, mayEdit, children }: EntryListProps) {
  const [wanted, setWanted] = useState("");
  const [isImporting, setImporting] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => filtered(entries, wanted), [entries, wanted]);
  useListKeys(list);
  const { title, one, unit, lead } = KINDS[kind];
  return (
    <Page>
      <PageBar>
        <h1>{title}</h1>
        <span className="min-w-0 flex-auto" />
        {mayEdit ? (
          <Link className={buttonLook()} href={`/${unit}?new=1`}>
            <Icon name="plus" />
            New {one}
          </Link>
        ) : null}
      </PageBar>
      <PageBody>
        <p className="max-w-[68ch] text-ink-2">
          {lead} {mayEdit ? "" : `Only reviewers and admins change ${unit}.`}
        </p>
        <div className="my-3 flex min-w-0 flex-wrap items-center gap-2">
          <EntryFind
            label={`Find ${unit}`}
            wanted={wanted}
            setWanted={setWanted}
            first={() => firstRow(list.current)}
          />
          <span className="min-w-0 flex-auto" />
          {mayEdit ? <Button onClick={() => setImporting(true)}>Import</Button> : null}
          <ExportButton kind={kind} />
        </div>
        <div ref={list}>
          <EntryRows kind={kind} entries={shown} proposed={wanted ? [] : proposed} />
        </div>
        {entries.length === 0 && proposed.length === 0 ? <p className="text-ink-2">{KINDS[kind].none}</p> : null}
        {entries.length > 0 && shown.length === 0 ? (
          <NothingFound one={one} wanted={wanted} all={entries.length} showAll={() => setWanted("")} />
        ) : null}
        {removed.length > 0 && !wanted ? (
          <p className="py-2 text-ink-2 text-small">
            Removed: <EntryNames kind={kind} names={removed} />
          </p>
        ) : null}
        {wanted ? null : children}
      </PageBody>
      {isImporting ? <ImportDialog kind={kind} onClosed={() => setImporting(false)} onDone={refreshPage} /> : null}
    </Page>
  );
}

interface EntryFindProps {
  label: string;
  wanted: string;
  setWanted: (wanted: string) => void;
  /** Returns the first visible row, or null. */
  first: () => HTMLElement | null;
}

/** The search field: Enter opens the first row, the down arrow moves into the list, Escape clears the field. */
function EntryFind({ label, wanted, setWanted, first }: EntryFindProps) {
  return (
    <div className="relative min-w-24 max-w-90 flex-[1_1_240px] phone:flex-[1_1_100%]">
      <Icon
        name="search"
        className="pointer-events-none absolute top-[7px] left-2 size-3.5 text-ink-3 phone:top-[11px]"
      />
      <input
        type="search"
        className="pl-7"
        value={wanted}
        placeholder={label}
        aria-label={label}
        data-find
        onChange={(event) => setWanted(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && wanted) setWanted("");
          if (event.key === "Enter") first()?.click();
          if (event.key === "ArrowDown") first()?.focus();
        }}
      />
    </div>
  );
}

function NothingFound(props: { one: string; wanted: string; all: number; showAll: () => void }) {
  const { one, wanted, all, showAll } = props;
  return (
    <p className="py-2 text-ink-2">
      No {one} matches “{wanted}”.{" "}
      <button type="button" className="link" onClick={showAll}>
        Show all {all}
      </button>
    </p>
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

/** Moves the focus between rows with j, k and the arrows. */
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

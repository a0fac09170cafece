"use client";

import Link from "next/link";
import { Crumbs } from "@/components/ui/page/crumbs";
import { PageBar } from "@/components/ui/page/page";
import { Button } from "@/components/ui/parts";
import type { EntryStart } from "../kinds/choices";
import { KINDS } from "../kinds/kinds";

interface EntryBarProps {
  start: EntryStart;
  isDirty: boolean;
  canSave: boolean;
  save: () => void;
  discard: () => void;
  tryIt: () => void;
}

export function EntryBar({ start, isDirty, canSave, save, discard, tryIt }: EntryBarProps) {
  const { kind, name, entry, may } = start;
  const { unit, title, one } = KINDS[kind];
  return (
    <PageBar>
      <div className="min-w-0 flex-auto">
        <Crumbs aria-label="Path">
          <Link href={`/${unit}`} data-back>
            {title}
          </Link>
        </Crumbs>
        <h1 className="min-w-0 truncate">{name || `New ${one}`}</h1>
      </div>
      {may.edit && (entry || !name) ? (
        <span className="phone:hidden text-ink-3 text-small" role="status">
          {isDirty ? "Not saved; draft kept in this browser" : "No changes"}
        </span>
      ) : null}
      {kind !== "document" && entry && may.run ? (
        <Button onClick={tryIt} hint="t">
          Try it
        </Button>
      ) : null}
      {may.edit && isDirty ? (
        <Button look="quiet" onClick={discard}>
          Discard
        </Button>
      ) : null}
      {may.edit && (entry || !name) ? (
        <Button look={canSave ? "primary" : "plain"} aria-disabled={!canSave} onClick={save} hint="⌘S">
          Save
        </Button>
      ) : null}
    </PageBar>
  );
}

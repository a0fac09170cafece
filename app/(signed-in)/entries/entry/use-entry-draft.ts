"use client";

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Entry, EntryFields } from "@/core/shapes/configuration";
import { isEqual, mergeFields } from "../kinds/entry-text";

/** The version that a draft started from; version null for a new entry. */
export interface Base<Fields> {
  version: number | null;
  fields: Fields;
}

export interface EntryDraft<Fields extends EntryFields> {
  fields: Fields;
  change: (fields: Partial<Fields>) => void;
  base: Base<Fields>;
  isDirty: boolean;
  /** The draft comes from an earlier visit. */
  isRestored: boolean;
  /** A newer version that somebody saved after the draft was started; null if none. */
  theirs: Entry | null;
  meet: (theirs: Entry) => void;
  takeTheirs: () => void;
  /** Keeps the draft; saving then replaces their version. */
  keepMine: () => void;
  /** Takes over the fields that only they changed, and returns the names of fields that both changed. */
  merge: () => string[];
  /** Returns to the current version. */
  discard: () => void;
  /** After `sent` became a version. What was typed since then is the draft over it, under `id` if that is another. */
  saved: (version: number, sent: Fields, id: string) => void;
}

interface Kept<Fields> extends Base<Fields> {
  mine: Fields;
}

const PREFIX = "banyan.entry.";

/** Keeps the draft of an entry in the browser until it is saved or discarded, so that it survives a reload. */
export function useEntryDraft<Fields extends EntryFields>(
  id: string,
  live: Entry | null,
  empty: Fields,
): EntryDraft<Fields> {
  const key = PREFIX + id;
  const start = { version: live?.version ?? null, fields: (live?.fields as Fields | undefined) ?? empty };
  const [base, setBase] = useState<Base<Fields>>(start);
  const [fields, setFields] = useState<Fields>(start.fields);
  const [theirs, setTheirs] = useState<Entry | null>(null);
  const [isRestored, setRestored] = useState(false);
  const [isRead, setRead] = useState(false);
  const isDirty = !isEqual(fields, base.fields);

  useEffect(() => {
    const kept = read<Fields>(key);
    setRead(true);
    if (!kept || isEqual(kept.mine, kept.fields)) return;
    setBase({ version: kept.version, fields: kept.fields });
    setFields(kept.mine);
    setRestored(true);
  }, [key]);

  // Every render of the page brings the current version, which may be newer than the base of the draft.
  const liveVersion = live?.version ?? null;
  useEffect(() => {
    if (!isRead || !live || liveVersion === null || liveVersion <= (base.version ?? 0)) return;
    if (isDirty && !isEqual(fields, live.fields)) return setTheirs(live);
    setBase({ version: liveVersion, fields: live.fields as Fields });
    setFields(live.fields as Fields);
  }, [live, liveVersion, base.version, fields, isDirty, isRead]);

  useEffect(() => {
    if (isRead) keep(key, isDirty ? { ...base, mine: fields } : null);
  }, [key, base, fields, isDirty, isRead]);

  const change = useCallback((changed: Partial<Fields>) => {
    setFields((now) => ({ ...now, ...changed }));
    setRestored(false);
  }, []);
  const latest = useRef(fields);
  useLayoutEffect(() => {
    latest.current = fields;
  });
  const begin = useCallback((from: Base<Fields>, mine: Fields) => {
    setBase(from);
    setFields(mine);
    setTheirs(null);
    setRestored(false);
  }, []);
  const baseOfTheirs = theirs && { version: theirs.version, fields: theirs.fields as Fields };
  return {
    fields,
    change,
    base,
    isDirty,
    isRestored,
    theirs,
    meet: setTheirs,
    takeTheirs: () => baseOfTheirs && begin(baseOfTheirs, baseOfTheirs.fields),
    keepMine: () => baseOfTheirs && begin(baseOfTheirs, fields),
    merge() {
      if (!baseOfTheirs) return [];
      const merged = mergeFields(base.fields, fields, baseOfTheirs.fields);
      begin(baseOfTheirs, merged.fields);
      return merged.both;
    },
    discard: () => begin(start, start.fields),
    saved(version, sent, newId) {
      setBase({ version, fields: sent });
      setTheirs(null);
      setRestored(false);
      if (newId === id) return;
      const mine = latest.current;
      if (!isEqual(mine, sent)) keep(PREFIX + newId, { version, fields: sent, mine });
      setFields(sent);
    },
  };
}

function read<Fields>(key: string): Kept<Fields> | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    const { mine, fields, version } = (kept ?? {}) as Partial<Kept<Fields>>;
    const isWhole = typeof mine === "object" && mine && typeof fields === "object" && fields;
    return isWhole ? { mine, fields, version: typeof version === "number" ? version : null } : null;
  } catch {
    return null;
  }
}

function keep<Fields>(key: string, kept: Kept<Fields> | null): void {
  try {
    if (kept) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
  } catch {
    // Storage may be off or full. Then the draft lives in the form only.
  }
}

"use client";

import { type Dispatch, type SetStateAction, useCallback, useEffect, useRef, useState } from "react";
import type { OutlineView } from "@/components/feed/outline";
import { showAddress } from "@/components/refresh/refresh-page";
import {
  type OpenFile,
  readAddress,
  type TreeAddress,
  type ViewName,
  writeAddress,
} from "@/components/trees/tree-address";

/** The shortest time between two replacements of the address, because browsers refuse frequent ones. */
const REPLACE_MS = 400;

type How = "push" | "replace";
export type SelectTask = (id: string | null, how?: How) => void;
export type SetOutline = Dispatch<SetStateAction<OutlineView>>;

export interface TreeAddressHandle {
  address: TreeAddress;
  select: SelectTask;
  /** A changed filter adds a history entry; typing and folding do not. */
  setOutline: SetOutline;
  setView(view: ViewName): void;
  /** Opens a file, or with null the list, in the Files view. */
  openFile: OpenFile;
}

/**
 * Holds the view state and mirrors it into the address. The state is not read back from the address, so that the next
 * key acts on the new state at once.
 */
export function useTreeAddress(first: TreeAddress): TreeAddressHandle {
  const [address, setAddress] = useState(first);
  const current = useRef(first);
  const mirror = useMirror();

  useEffect(() => {
    const onBack = () => {
      current.current = readAddress(new URLSearchParams(window.location.search));
      setAddress(current.current);
    };
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);

  const go = useCallback(
    (next: TreeAddress, how: How) => {
      current.current = next;
      setAddress(next);
      mirror(next, how);
    },
    [mirror],
  );
  const select: SelectTask = useCallback((task, how = "push") => go({ ...current.current, task }, how), [go]);
  const setView = useCallback((view: ViewName) => go({ ...current.current, view }, "push"), [go]);
  const setOutline: SetOutline = useCallback(
    (change) => {
      const before = current.current.outline;
      const outline = typeof change === "function" ? change(before) : change;
      const isStep = outline.filter !== before.filter || outline.agent !== before.agent;
      go({ ...current.current, outline }, isStep ? "push" : "replace");
    },
    [go],
  );
  const openFile: OpenFile = useCallback(
    // An open task would cover the file on a phone.
    (path, at) => go({ ...current.current, view: "files", task: null, files: { path, at } }, "push"),
    [go],
  );
  return { address, select, setOutline, setView, openFile };
}

/** Returns a function that writes the address. Quick changes without a history entry are written together, a bit later. */
function useMirror(): (address: TreeAddress, how: How) => void {
  const delayed = useRef<{ timer?: ReturnType<typeof setTimeout>; next: TreeAddress | null }>({ next: null });
  useEffect(() => () => clearTimeout(delayed.current.timer), []);
  return useCallback((address, how) => {
    const state = delayed.current;
    const write = (to: TreeAddress, by: How) => {
      const { pathname, search } = window.location;
      const text = `${pathname}${writeAddress(to, new URLSearchParams(search))}`;
      showAddress(text, by);
    };
    const rest = () => {
      state.timer = setTimeout(() => {
        state.timer = undefined;
        if (!state.next) return;
        write(state.next, "replace");
        state.next = null;
        rest();
      }, REPLACE_MS);
    };
    if (how === "replace" && state.timer !== undefined) {
      state.next = address;
      return;
    }
    clearTimeout(state.timer);
    // A change that is not written yet belongs to the previous history entry.
    if (how === "push" && state.next) write(state.next, "replace");
    state.next = null;
    write(address, how);
    if (how === "replace") rest();
    else state.timer = undefined;
  }, []);
}

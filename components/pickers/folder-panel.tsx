"use client";

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { FoundFolder, FoundFolders } from "@/core/shapes/folders";
import { FolderRow } from "./folder-row";
import { isGitUrl } from "./git-url";
import { PickGroup, PickItem, PickList, PickNote } from "./list";
import { Loading, type Typed } from "./picker";
import { useFetched } from "./use-fetched";
import { useTyped } from "./use-typed";

interface FolderPanelProps {
  value: string;
  choose: (folder: string) => void;
  /** Offers no folder by these words; null: one must be chosen. */
  unset: string | null;
  kept: Typed;
  /** Takes the path that stands in the field when the list closes without a choice, unless Escape closed it. */
  leave: (folder: string) => void;
}

const TYPING_MS = 120;
const FRESH = " fresh";

/** The list of folders. A typed path is completed, and what cannot be used says why. */
export function FolderPanel({ value, choose, unset, kept, leave }: FolderPanelProps) {
  const [typed, type] = useTyped(kept);
  const [marked, mark] = useState("");
  const text = typed.trim();
  const isUrl = isGitUrl(text);
  const { body, problem, isNewest, again } = useFetched(
    isUrl ? null : `folders?typed=${encodeURIComponent(text)}`,
    text ? TYPING_MS : 0,
  );
  const found = isUrl ? null : body;
  const items = found ? itemsOf(found, text) : [];
  const first = isUrl ? text : text === "" && unset !== null ? FRESH : (items[0]?.path ?? "");
  useEffect(() => mark(first), [first]);
  const take = (folder: string) => {
    type("");
    choose(folder === FRESH ? "" : folder);
  };
  // Enter came before the list that belongs to the text: its first folder is taken when it arrives. A list that does not
  // come ends the wait with its problem.
  const [awaited, setAwaited] = useState<string | null>(null);
  const isAwaited = awaited !== null && awaited === text;
  useEffect(() => {
    if (!isAwaited || !(isNewest || problem)) return;
    setAwaited(null);
    if (isNewest && items[0]) take(items[0].path);
  });
  const isNamed = isUrl || isPath(text);
  const isLeft = useLeft(kept, leave);

  /** Tab completes the path as it does in a shell. */
  function onKeyDown(event: KeyboardEvent): void {
    // A list that does not belong to the text yet would choose another folder than the one that is typed.
    if (event.key === "Enter" && isNamed && (isUrl || !isNewest || items.length === 0)) {
      event.preventDefault();
      take(text);
    } else if (event.key === "Enter" && text !== "" && !isNewest) {
      event.preventDefault();
      if (problem) again();
      setAwaited(text);
    }
    if (event.key === "Escape") isLeft.current = false;
    const folder = items.find(({ path }) => path === marked);
    if (event.key !== "Tab" || event.shiftKey || !folder || `${folder.path}/` === text) return;
    event.preventDefault();
    type(folder.path === "/" ? "/" : `${folder.path}/`);
  }
  return (
    <PickList
      typed={typed}
      type={type}
      marked={marked}
      mark={mark}
      onKeyDown={onKeyDown}
      label="Workspace"
      placeholder="Type a path or a git URL"
      status={problem ?? (found && isNewest ? `${items.length} folders. ${problemOf(found, text) ?? ""}` : "")}
    >
      {problem ? <PickNote isBad>{problem}</PickNote> : null}
      {isAwaited && !problem ? <PickNote>Looking for {text}</PickNote> : null}
      {!found && !isUrl && !problem ? <Loading /> : null}
      {text === "" && unset !== null ? (
        <PickItem value={FRESH} take={take} isChosen={value === ""}>
          {unset}
        </PickItem>
      ) : null}
      {isUrl ? (
        <PickItem value={text} take={take}>
          Clone {text}
        </PickItem>
      ) : null}
      {found ? <Found found={found} text={text} value={value} take={take} /> : null}
    </PickList>
  );
}

/**
 * Calls `leave` with a typed path when the list closes, because a tree must not start in another folder than the one that
 * a person typed. What is wrong with it is said beside the field. Set the returned value to false to only close.
 */
function useLeft(kept: Typed, leave: (folder: string) => void) {
  const isLeft = useRef(true);
  const latest = useRef(leave);
  useEffect(() => {
    latest.current = leave;
  });
  useEffect(
    () => () => {
      const text = kept.text.trim();
      if (!isLeft.current || !(isPath(text) || isGitUrl(text))) return;
      kept.text = "";
      latest.current(text);
    },
    [kept],
  );
  return isLeft;
}

interface FoundProps {
  found: FoundFolders;
  text: string;
  value: string;
  take: (folder: string) => void;
}

function Found({ found, text, value, take }: FoundProps) {
  const { typed, recent, below, more } = found;
  const shown = (folder: FoundFolder, isLooked = false) => (
    <PickItem key={folder.path} value={folder.path} take={take} isChosen={folder.path === value}>
      <FolderRow folder={folder} isLooked={isLooked} />
    </PickItem>
  );
  const problem = problemOf(found, text);
  const own = isTypedOffered(found, text) ? typed : null;
  return (
    <>
      {problem ? <PickNote isBad>{problem}</PickNote> : null}
      {own ? shown(own, true) : null}
      {recent.length > 0 ? <PickGroup heading="Recent">{recent.map((one) => shown(one, true))}</PickGroup> : null}
      {below.length > 0 ? (
        <PickGroup heading={text ? "Folders" : "On this server"}>{below.map((one) => shown(one))}</PickGroup>
      ) : null}
      {more ? <PickNote>There are more. Type the beginning of a name.</PickNote> : null}
      {text === "" && recent.length + below.length === 0 ? (
        <PickNote>Folders that you use appear here. Type a path, such as ~/src/shop.</PickNote>
      ) : null}
    </>
  );
}

/** The folder that was typed, without a second mention of a recent one. */
function isTypedOffered({ typed, recent }: FoundFolders, text: string): boolean {
  return isPath(text) && typed !== null && typed.problem === null && !recent.some(({ path }) => path === typed.path);
}

/** Why the typed path cannot be used, unless it is the beginning of one that can. */
function problemOf({ typed, recent, below }: FoundFolders, text: string): string | null {
  if (typed === null || recent.length + below.length > 0) return null;
  return isPath(text) ? typed.problem : `No folder is called ${text}. Type a path, such as ~/src/shop.`;
}

function itemsOf(found: FoundFolders, text: string): FoundFolder[] {
  const own = isTypedOffered(found, text) && found.typed ? [found.typed] : [];
  return [...own, ...found.recent, ...found.below];
}

const isPath = (text: string) => /^[/~.]/.test(text);

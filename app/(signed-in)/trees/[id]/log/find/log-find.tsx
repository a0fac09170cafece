"use client";

import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import { Icon, type IconName } from "@/components/ui/icon";
import { exactCount } from "@/core/words/figures";
import { useFoundMarks } from "./use-found-marks";
import { type LogFind, useLogFind } from "./use-log-find";

interface LogFindRowProps {
  taskId: string;
  /** The element that holds the log's entries. */
  list: RefObject<HTMLElement | null>;
  /** Goes to a message of the task. */
  open: (seq: number) => void;
  close: () => void;
}

/** Searches the log: the words, which match is shown, and buttons to the next and the previous one. */
export function LogFindRow({ taskId, list, open, close }: LogFindRowProps) {
  const find = useLogFind(taskId, open);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useFoundMarks(list, find.query.trim(), find.found.seqs[find.at] ?? null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter") find.move(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="flex min-w-0 items-center gap-1 pb-2" data-log-find>
      <input
        ref={field}
        type="search"
        className="max-w-80 flex-1"
        aria-label="Find in this log"
        placeholder="Find in this log"
        maxLength={200}
        value={find.query}
        onChange={(event) => find.setQuery(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span className="min-w-16 px-1 text-small whitespace-nowrap text-ink-2" role="status">
        {placeText(find)}
      </span>
      <FindButton icon="up" label="Previous match" act={() => find.move(-1)} isOff={find.found.seqs.length === 0} />
      <FindButton icon="down" label="Next match" act={() => find.move(1)} isOff={find.found.seqs.length === 0} />
      <FindButton icon="x" label="Close the search" act={close} />
    </search>
  );
}

function placeText({ query, found, at, isSearching, problem }: LogFind): string {
  if (query.trim() === "") return "";
  if (problem) return problem;
  if (isSearching) return "Searching";
  if (found.seqs.length === 0) return "No match";
  return `${exactCount(at + 1)} of ${exactCount(found.seqs.length)}${found.more ? "+" : ""}`;
}

interface FindButtonProps {
  icon: IconName;
  label: string;
  act: () => void;
  isOff?: boolean;
}

function FindButton({ icon, label, act, isOff = false }: FindButtonProps) {
  return (
    <button
      type="button"
      className="grid size-7 flex-none cursor-pointer place-items-center rounded-control hover:bg-hover aria-disabled:text-ink-3 phone:size-9"
      aria-label={label}
      title={label}
      aria-disabled={isOff || undefined}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}

"use client";

import { Command } from "cmdk";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useServerStatus } from "@/components/feed/server-status";
import { useGo } from "@/components/going/use-go";
import { useEarlyEnter } from "@/components/ui/hooks/use-early-enter";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/page/skeleton";
import { Separator } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { plural } from "@/core/words/figures";
import type { PaletteSettings } from "./actions";
import { actionChoices, pageChoices } from "./actions";
import { type ChoiceGroup, matchingChoices } from "./choices";
import { foundGroups } from "./found-choices";
import { pageActions } from "./page-actions";
import { PaletteRow } from "./palette-row";
import { useChoose } from "./use-choose";
import { useFound } from "./use-found";
import { FIELD, FIELD_ROW, PLACEHOLDER } from "./waiting-palette";

interface PaletteProps extends PaletteSettings {
  search: string;
  setSearch: (text: string) => void;
  /** Enter was pressed while the palette was loading. */
  isEntered: boolean;
  /** Closes the palette. `then` runs when the focus is back where it was. */
  close: (then?: () => void) => void;
}

/** Finds everything and does everything by a few letters. Actions of the open page and fixed ones match at once; the rest is found by the server. */
export default function Palette({ search, setSearch, isEntered, close, ...settings }: PaletteProps) {
  const own = useOwnGroups(settings, search);
  const { found, isSearching, problem } = useFound(search);
  const choose = useChoose(close);
  const list = useRef<HTMLDivElement>(null);
  const hasWords = search.trim() !== "";
  const theirs = useMemo(() => foundGroups(found, hasWords), [found, hasWords]);
  // Without words, recent trees come first. Nothing is shown before they are here, because it would move away.
  const isEarly = !hasWords && isSearching;
  const groups = hasWords ? [...own, ...theirs] : isEarly ? theirs : [...theirs, ...own];
  const { value, setValue, ...moves } = useFirstSelected(groups);
  const count = groups.reduce((sum, group) => sum + group.choices.length, 0);
  const onEnter = useEarlyEnter(list, isSearching && (isEarly || own.length === 0), isEntered);
  return (
    <Command
      shouldFilter={false}
      loop
      vimBindings={false}
      label="Find or do"
      value={value}
      onValueChange={setValue}
      {...moves}
      onKeyDownCapture={onEnter}
    >
      <div className={FIELD_ROW}>
        <Icon name="search" className="size-4 text-ink-3" />
        <Command.Input
          className={FIELD}
          value={search}
          maxLength={200}
          placeholder={PLACEHOLDER}
          autoFocus
          onValueChange={setSearch}
        />
      </div>
      <Command.List ref={list} label="Results" className="max-h-[min(440px,60vh)] overflow-y-auto p-2">
        {groups.map(({ title, choices }) => (
          <Command.Group
            key={title}
            heading={title}
            className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-small [&_[cmdk-group-heading]]:text-ink-3"
          >
            {choices.map((choice) => (
              <PaletteRow key={choice.id} choice={choice} query={search} choose={choose} />
            ))}
          </Command.Group>
        ))}
      </Command.List>
      <Notice isSearching={isSearching} count={count} words={search.trim()} problem={problem} />
      <Foot />
    </Command>
  );
}

/** Returns the groups that need no server: actions of the open page, actions of every page, and pages. */
function useOwnGroups(settings: PaletteSettings, search: string): ChoiceGroup[] {
  const { push } = useGo();
  const rights = useRights();
  const { openReviews } = useServerStatus();
  // Read once: while the palette is open, the page behind it does not take clicks.
  const [here] = useState(pageActions);
  const { role, keepTheme } = settings;
  return useMemo(() => {
    const may = { mayRun: rights.run === null, mayDecide: rights.decide === null };
    const actions = actionChoices({ role, keepTheme, ...may, openReviews, push });
    const all: ChoiceGroup[] = [
      { title: "On this page", choices: here },
      { title: "Actions", choices: actions },
      { title: "Pages", choices: pageChoices(role === "admin") },
    ];
    return all
      .map((group) => ({ ...group, choices: matchingChoices(group.choices, search) }))
      .filter((group) => group.choices.length > 0);
  }, [here, role, keepTheme, rights, openReviews, push, search]);
}

/** Selects the first row, also when rows arrive above it, until the person moves to another one or types again. */
function useFirstSelected(groups: ChoiceGroup[]) {
  const [moved, setMoved] = useState<string | null>(null);
  const all = groups.flatMap((group) => group.choices.map((choice) => choice.id));
  const isThere = moved !== null && all.includes(moved);
  const isMoving = useRef(false);
  return {
    value: isThere ? moved : (all[0] ?? ""),
    // The library also reports the row that it selects itself when rows come and go.
    setValue: (id: string) => isMoving.current && setMoved(id),
    onPointerMove: () => {
      isMoving.current = true;
    },
    onKeyDown: ({ key }: KeyboardEvent) => {
      isMoving.current = /^(Arrow|Home|End)/.test(key);
      if (key.length === 1 || key === "Backspace") setMoved(null);
    },
  };
}

interface NoticeProps {
  isSearching: boolean;
  count: number;
  words: string;
  problem: string | null;
}

/** Says how many results there are, for screen readers, and why there are none. */
function Notice({ isSearching, count, words, problem }: NoticeProps) {
  if (problem)
    return (
      <p role="alert" className="px-4 pb-3 text-fail">
        Trees, tasks and logs were not searched: {problem}
      </p>
    );
  if (isSearching && count === 0)
    return (
      <Skeleton className="px-4 pb-2" role="status" aria-label="Searching">
        <i className="w-1/2" />
        <i className="w-2/3" />
      </Skeleton>
    );
  if (count === 0)
    return (
      <p role="status" className="px-4 pb-4 text-ink-2 wrap-anywhere">
        Nothing has all the words “{words}”. Use fewer words, or the beginning of the last one.
      </p>
    );
  return (
    <p role="status" className="sr-only">
      {isSearching ? "Searching" : plural(count, "result")}
    </p>
  );
}

function Foot() {
  return (
    <p className="border-t border-line px-4 py-2 text-small text-ink-3 phone:hidden">
      <kbd>↑</kbd> <kbd>↓</kbd> move <Separator /> <kbd>↵</kbd> open <Separator /> <kbd>Esc</kbd> close
    </p>
  );
}

"use client";

import { useEffect, useOptimistic, useRef, useState, useTransition } from "react";
import { useGo } from "@/components/going/use-go";
import { chipLook } from "@/components/ui/chip-look";
import { FindField } from "@/components/ui/find-field";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import type { TreeCounts, TreeSort } from "@/core/shapes/trees";
import { exactCount } from "@/core/words/figures";
import { STATUS_WORDS } from "@/core/words/status";
import { addressOf, countShown, type ListState, STATES, type State } from "./list-address";

const SORT_WORDS: Record<TreeSort, string> = {
  newest: "Newest first",
  oldest: "Oldest first",
  ended: "Recently ended first",
  cost: "Highest cost first",
  tasks: "Most tasks first",
};
/** On a phone title, state and result are what counts; a choice that is made stays in sight. */
const SELECT = "w-auto max-w-45 phone:max-w-none phone:flex-[1_1_40%]";
const selectLook = (isChosen: boolean) => (isChosen ? SELECT : `${SELECT} phone:hidden!`);
/** The search starts after a pause of this length in typing. */
const SETTLED_MS = 250;

interface ListToolsProps {
  state: ListState;
  counts: TreeCounts;
  choices: { agents: string[]; people: string[] };
}

/** Search, filters and sort order of the list. All are in the address, so a person can bookmark or share a list. */
export function ListTools({ state, counts, choices }: ListToolsProps) {
  const { replace } = useGo();
  const [isPending, start] = useTransition();
  // What was chosen shows at once, before the server sends the rows.
  const [shown, setShown] = useOptimistic(state);
  const go = (fields: Partial<ListState>) =>
    start(() => {
      const next = { ...shown, after: "", ...fields };
      setShown(next);
      replace(addressOf(next), { scroll: false });
    });
  return (
    <search
      className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-6 py-2 phone:px-4"
      aria-label="Trees"
      aria-busy={isPending}
    >
      <SearchField search={state.search} find={(search) => go({ search })} />
      <Chips status={shown.status} counts={counts} choose={(status) => go({ status })} />
      <span className="flex-auto phone:hidden" />
      <Choice
        label="Agent"
        all="Any agent"
        value={shown.agent}
        options={choices.agents}
        choose={(agent) => go({ agent })}
      />
      <Choice
        label="Submitted by"
        all="Anyone"
        value={shown.person}
        options={choices.people}
        choose={(person) => go({ person })}
      />
      <select
        className={selectLook(shown.sort !== "newest")}
        aria-label="Sort"
        value={shown.sort}
        onChange={(event) => go({ sort: event.target.value as TreeSort })}
      >
        {Object.entries(SORT_WORDS).map(([sort, word]) => (
          <option key={sort} value={sort}>
            {word}
          </option>
        ))}
      </select>
    </search>
  );
}

function SearchField({ search, find }: { search: string; find: (text: string) => void }) {
  const [text, setText] = useState(search);
  const field = useRef<HTMLInputElement>(null);
  const asked = useRef(search);
  useEffect(() => {
    if (location.hash === "#find") field.current?.focus();
  }, []);
  // The address changed without typing: by Back, or by "Show all trees".
  useEffect(() => {
    if (search === asked.current) return;
    asked.current = search;
    setText(search);
  }, [search]);
  useEffect(() => {
    if (text.trim() === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = text.trim();
      find(text.trim());
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  });
  return (
    <FindField
      room="fixed"
      ref={field}
      value={text}
      maxLength={200}
      data-find
      aria-label="Find a tree by its title or id"
      placeholder="Find a tree"
      onChange={(event) => setText(event.target.value)}
    />
  );
}

interface ChipsProps {
  status: ListState["status"];
  counts: TreeCounts;
  choose: (status: ListState["status"]) => void;
}

/** A chip for each status that some tree has, and for the selected status. */
function Chips({ status, counts, choose }: ChipsProps) {
  const countOf = (one: State) => countShown(counts, one);
  const shown = STATES.filter((one) => countOf(one) > 0 || one === status);
  return (
    <div className="flex gap-1 overflow-x-auto [scrollbar-width:none] phone:flex-[1_1_100%]">
      <button type="button" className={chipLook(status === "")} aria-pressed={status === ""} onClick={() => choose("")}>
        All <span className="text-ink-3">{exactCount(countShown(counts, ""))}</span>
      </button>
      {shown.map((one) => (
        <button
          key={one}
          type="button"
          className={chipLook(one === status)}
          aria-pressed={one === status}
          onClick={() => choose(one === status ? "" : one)}
        >
          {one === "open" ? "Open" : <Word status={one} />}{" "}
          <span className="text-ink-3">{exactCount(countOf(one))}</span>
        </button>
      ))}
    </div>
  );
}

function Word({ status }: { status: keyof TreeCounts }) {
  const shown = shownStatusOfTree({ status });
  return (
    <>
      <StatusGlyph status={shown} labelled={false} />
      {STATUS_WORDS[shown]}
    </>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string;
  options: string[];
  choose: (value: string) => void;
}

function Choice({ label, all, value, options, choose }: ChoiceProps) {
  const known = value && !options.includes(value) ? [...options, value] : options;
  if (known.length < 2 && !value) return null;
  return (
    <select
      className={selectLook(value !== "")}
      aria-label={label}
      value={value}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="">{all}</option>
      {known.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}

"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { isEnded, TASK_STATUSES, type TreeSort } from "@/agents/core/shapes";
import type { TreeCounts } from "@/agents/core/shapes-trees";
import { exactCount } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { STATUS_WORDS, StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { addressOf, type ListState, STATES, type State } from "./list-address";

const SORT_WORDS: Record<TreeSort, string> = {
  newest: "Newest first",
  oldest: "Oldest first",
  ended: "Last ended first",
  cost: "Most spent first",
  tasks: "Most tasks first",
};
/** So long nobody types on. */
const SETTLED_MS = 250;

interface ListToolsProps {
  state: ListState;
  counts: TreeCounts;
  choices: { agents: string[]; people: string[] };
}

/** Search, filters and order; each is in the address, so that a list can be kept and sent. */
export function ListTools({ state, counts, choices }: ListToolsProps) {
  const { replace } = useRouter();
  const [isPending, start] = useTransition();
  const go = (fields: Partial<ListState>) =>
    start(() => replace(addressOf({ ...state, after: "", ...fields }), { scroll: false }));
  return (
    <search className="listtools" aria-label="Trees" aria-busy={isPending}>
      <SearchField search={state.search} find={(search) => go({ search })} />
      <Chips status={state.status} counts={counts} choose={(status) => go({ status })} />
      <span className="grow" />
      <Choice
        label="Agent"
        all="Any agent"
        value={state.agent}
        options={choices.agents}
        choose={(agent) => go({ agent })}
      />
      <Choice
        label="Person"
        all="Anybody"
        value={state.person}
        options={choices.people}
        choose={(person) => go({ person })}
      />
      <select aria-label="Order" value={state.sort} onChange={(event) => go({ sort: event.target.value as TreeSort })}>
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
  // The address changed by itself: by the way back, or by "Show all".
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
    <div className="find">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        value={text}
        maxLength={200}
        data-find
        aria-label="Find a tree by its title or id"
        placeholder="Find a tree"
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}

interface ChipsProps {
  status: ListState["status"];
  counts: TreeCounts;
  choose: (status: ListState["status"]) => void;
}

/** Only what there is, and what is chosen. */
function Chips({ status, counts, choose }: ChipsProps) {
  const sum = (statuses: readonly (keyof TreeCounts)[]) => statuses.reduce((all, one) => all + counts[one], 0);
  const open = TASK_STATUSES.filter((one) => !isEnded(one));
  const countOf = (one: State) => (one === "open" ? sum(open) : counts[one]);
  const shown = STATES.filter((one) => countOf(one) > 0 || one === status);
  return (
    <div className="chips">
      <button type="button" className="chip" aria-pressed={status === ""} onClick={() => choose("")}>
        All {exactCount(sum(TASK_STATUSES))}
      </button>
      {shown.map((one) => (
        <button
          key={one}
          type="button"
          className="chip"
          aria-pressed={one === status}
          onClick={() => choose(one === status ? "" : one)}
        >
          {one === "open" ? "Open" : <Word status={one} />} {exactCount(countOf(one))}
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
    <select aria-label={label} value={value} onChange={(event) => choose(event.target.value)}>
      <option value="">{all}</option>
      {known.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}

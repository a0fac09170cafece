import { useState } from "react";
import { Icon } from "@/components/ui/icon";
import { lazily } from "@/components/ui/page/lazily";
import type { ServerStatus } from "@/core/shapes/status";
import { defaultUsdOf, isFree, type Problem } from "./draft";
import type { FieldsProps } from "./fields-props";
import { summaryOf } from "./summary";
import type { Usual } from "./usual";

const Options = lazily(() => import("./options").then((file) => file.Options));

/** Fields that are hidden while the options are closed. */
const OPTIONAL: readonly string[] = [
  "criteria",
  "usd",
  "time",
  "tokens",
  "tasks",
  "depth",
  "pool",
  "checksPool",
  "rounds",
  "minutes",
  "threshold",
  "scope",
  "mayChange",
  "protect",
  "hidden",
  "hiddenShare",
  "setup",
  "reflectEvery",
  "delivery",
];

/** Returns whether the options are open, and what opens and closes them. */
export function useOptionsOpen(problem: Problem | null): [boolean, (isOpen: boolean) => void] {
  const [isOpen, setOpen] = useState(false);
  const [shownFor, setShownFor] = useState<Problem | null>(null);
  const wrong = problem?.field;
  // Open the options once for a problem in one of their fields.
  if (wrong && !isOpen && shownFor !== problem && OPTIONAL.includes(wrong)) {
    setShownFor(problem);
    setOpen(true);
  }
  return [isOpen, setOpen];
}

interface FoldedOptionsProps extends FieldsProps {
  status: ServerStatus;
  /** null: not known yet. */
  usual: Usual | null;
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
}

/** The options: what applies in a few words, and the fields once the user opens them. */
export function FoldedOptions({ draft, change, status, usual, problem, isOpen, setOpen }: FoldedOptionsProps) {
  /** Fields that are closed again stay in the page, hidden. */
  const [wasOpened, setOpened] = useState(false);
  if (isOpen && !wasOpened) setOpened(true);
  const summary = summaryOf(draft, { defaultUsd: defaultUsdOf(draft, usual), isFree: isFree(draft, usual) });
  return (
    <>
      <button
        type="button"
        className="flex min-h-control min-w-0 cursor-pointer items-center gap-1.5 rounded-control bg-(image:--picker-arrow) bg-position-[right_6px_center] bg-no-repeat pr-6.5 pl-2 text-left text-ink-2 hover:bg-hover hover:text-ink aria-expanded:bg-hover"
        aria-expanded={isOpen}
        aria-controls="new-options"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="parked" className="size-3.5 text-ink-3" />
        {/* A pick says what is chosen in small letters and without a point; read aloud, it is a sentence. */}
        <span className="inline-block min-w-0 first-letter:lowercase">
          {summary.replace(/\.$/, "")}
          <span className="sr-only">. {isOpen ? "Fewer options" : "More options"}</span>
        </span>
      </button>
      <div className="order-1 max-w-160 basis-full px-2 pt-1" id="new-options" hidden={!isOpen}>
        {wasOpened ? <Options draft={draft} change={change} status={status} usual={usual} problem={problem} /> : null}
      </div>
    </>
  );
}

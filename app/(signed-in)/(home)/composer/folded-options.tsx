import { useState } from "react";
import { lazily } from "@/components/ui/page/lazily";
import type { ServerStatus } from "@/core/shapes/shapes";
import { defaultUsdOf, isFree, type Problem } from "./draft";
import type { FieldsProps } from "./fields-props";
import { summaryOf } from "./summary";

const Options = lazily(() => import("./options").then((file) => file.Options));

/** Fields that are hidden while the options are closed. */
const OPTIONAL: readonly string[] = [
  "criteria",
  "usd",
  "time",
  "tokens",
  "tasks",
  "depth",
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

/** The options: a one-line summary, and the fields once the user opens them. */
export function FoldedOptions({ draft, change, status, problem }: FieldsProps & { status: ServerStatus }) {
  const [isOpen, setOpen] = useState(false);
  /** Fields that are closed again stay in the page, hidden. */
  const [wasOpened, setOpened] = useState(false);
  const [shownFor, setShownFor] = useState<Problem | null>(null);
  const wrong = problem?.field;
  // Open the options once for a problem in one of their fields.
  if (wrong && !isOpen && shownFor !== problem && OPTIONAL.includes(wrong)) {
    setShownFor(problem);
    setOpen(true);
  }
  if (isOpen && !wasOpened) setOpened(true);
  return (
    <>
      <p className="flex min-w-44 flex-1 basis-0 items-baseline gap-2">
        <span className="min-w-0 text-ink-2">
          {summaryOf(draft, { defaultUsd: defaultUsdOf(draft, status), isFree: isFree(draft, status) })}
        </span>
        <button
          type="button"
          className="link whitespace-nowrap"
          aria-expanded={isOpen}
          aria-controls="new-options"
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? "Fewer options" : "More options"}
        </button>
      </p>
      <div className="order-1 max-w-160 basis-full pb-1" id="new-options" hidden={!isOpen}>
        {wasOpened ? <Options draft={draft} change={change} status={status} problem={problem} /> : null}
      </div>
    </>
  );
}

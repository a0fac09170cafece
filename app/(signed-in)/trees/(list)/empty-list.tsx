import Link from "next/link";
import { STATUS_WORDS } from "@/core/words/status";
import { isFiltered, type ListState } from "./list-address";

/** Why there is nothing, and the way out. */
export function EmptyList({ state }: { state: ListState }) {
  if (!isFiltered(state) && !state.after) {
    return (
      <p className="py-2 text-ink-2">
        Trees appear here, the newest first, as soon as a task is submitted.{" "}
        <Link className="link" href="/#new">
          Submit one
        </Link>
      </p>
    );
  }
  return (
    <p className="py-2 text-ink-2">
      {isFiltered(state) ? sentenceOf(state) : "There are no more trees."}{" "}
      <Link className="link" href="/trees">
        Show all trees
      </Link>
    </p>
  );
}

/** Names every filter that is set. */
function sentenceOf({ search, status, agent, person }: ListState): string {
  const word = status === "open" ? "open" : status === "waiting" ? "waiting for you" : status;
  const parts = [
    word ? `is ${word.toLowerCase()}` : "",
    search ? `has “${search}” in its title` : "",
    agent ? `has a task of ${agent}` : "",
    person ? `was submitted by ${person}` : "",
  ].filter(Boolean);
  const isEnd = status && status !== "open" && ["succeeded", "failed", "stopped"].includes(status);
  const said = isEnd ? [`has ${STATUS_WORDS[status].toLowerCase()}`, ...parts.slice(1)] : parts;
  return `No tree ${said.join(" and ")}.`;
}

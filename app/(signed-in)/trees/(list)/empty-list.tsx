import Link from "next/link";
import { STATUS_WORDS } from "@/core/words/status";
import { isFiltered, type ListState } from "./list-address";

/** Says why the list is empty, with a link that leads on. */
export function EmptyList({ state }: { state: ListState }) {
  if (!isFiltered(state) && !state.after) {
    return (
      <p className="px-6 py-4 text-ink-2 phone:px-4">
        No trees yet. Each task that you submit starts a tree here, newest first.{" "}
        <Link className="link" href="/#new">
          Submit a task
        </Link>
      </p>
    );
  }
  return (
    <p className="px-6 py-4 text-ink-2 phone:px-4">
      {isFiltered(state) ? sentenceOf(state) : "No more trees."}{" "}
      <Link className="link" href="/trees">
        Show all trees
      </Link>
    </p>
  );
}

/** Returns a sentence that names every active filter. */
function sentenceOf({ search, status, agent, person }: ListState): string {
  const word = status === "open" ? "open" : status === "waiting" ? "waiting for you" : status;
  const parts = [
    word ? `is ${word.toLowerCase()}` : "",
    search ? `has “${search}” in its title` : "",
    agent ? `has a task of ${agent}` : "",
    person ? `was submitted by ${person}` : "",
  ].filter(Boolean);
  const isEnd = status && status !== "open" && ["succeeded", "failed", "stopped"].includes(status);
  const clauses = isEnd ? [`has ${STATUS_WORDS[status].toLowerCase()}`, ...parts.slice(1)] : parts;
  return `No tree ${clauses.join(" and ")}.`;
}

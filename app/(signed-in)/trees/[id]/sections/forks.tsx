"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { fetchAll } from "@/components/http/fetch-json";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import type { ListedFork } from "@/core/shapes/forks";
import type { Task } from "@/core/shapes/shapes";
import { money, plural } from "@/core/words/figures";
import { turnText } from "@/core/words/forks";
import { useLogPlace } from "../log/log-place";
import { Section } from "./section";
import { SectionRow } from "./section-row";

interface ForksProps {
  task: Task;
  /** The task heads its tree, so forks from any task of the tree are listed. */
  isHead: boolean;
}

/** The trees forked from this one, each with a link that compares the two. Hidden while there are none. */
export function Forks({ task, isHead }: ForksProps) {
  const all = useForks(task);
  const forks = all.filter(({ from }) => isHead || from.task_id === task.id);
  if (forks.length === 0) return null;
  return (
    <Section name="forks" title="Forks" summary={plural(forks.length, "fork")}>
      <ul>
        {forks.map((fork) => (
          <Fork key={fork.id} fork={fork} task={task} />
        ))}
      </ul>
    </Section>
  );
}

function Fork({ fork, task }: { fork: ListedFork; task: Task }) {
  const place = useLogPlace();
  const { seq, tree_id, task_id } = fork.from;
  const turn = turnText(fork.from);
  const point = turn ? `from ${turn}` : "from an earlier message";
  const isFromThisTask = task_id === task.id && tree_id === task.tree_id;
  return (
    <SectionRow>
      <StatusGlyph status={shownStatusOfTree(fork)} />
      <Link
        className="min-w-0 flex-auto truncate hover:underline"
        href={`/trees/${fork.id}`}
        title={`Forked by ${fork.created_by}`}
      >
        {fork.title}
      </Link>
      <span className="text-small whitespace-nowrap text-ink-3">
        {tree_id === task.tree_id ? "" : "from the same origin, "}
        {isFromThisTask && place ? (
          <button type="button" className="link" onClick={() => place.open(seq)}>
            {point}
          </button>
        ) : (
          point
        )}
        , {money(fork.cost_usd)}
      </span>
      <Link
        className="link text-small whitespace-nowrap hover:underline"
        href={`/trees/${task.tree_id}/compare/${fork.id}`}
      >
        Compare
      </Link>
    </SectionRow>
  );
}

/** Reads the forks when the task is opened and whenever its state changes. The pane is correct without them. */
function useForks({ tree_id: treeId, status, attempt }: Task): ListedFork[] {
  const [forks, setForks] = useState<ListedFork[]>([]);
  const revision = [status, attempt].join(" ");
  useEffect(() => {
    if (!revision) return;
    const ended = new AbortController();
    fetchAll(`trees/${treeId}/forks`, ended.signal).then(setForks, () => {});
    return () => ended.abort();
  }, [treeId, revision]);
  return forks;
}

"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import type { Task } from "@/agents/core/shapes";
import type { ListedFork } from "@/agents/core/shapes-forks";
import { fetchJson } from "@/components/feed/fetch-json";
import { exactCount, money, plural } from "@/components/ui/format";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { useLogPlace } from "./log-place";
import { Section } from "./section";

interface ForksProps {
  task: Task;
  /** It stands for its tree: what was forked anywhere in it is shown here. */
  isHead: boolean;
}

/** Trees that were forked from this one, and the comparison of each with it; not there while there is none. */
export function Forks({ task, isHead }: ForksProps) {
  const all = useForks(task);
  const forks = all.filter(({ from }) => isHead || from.task_id === task.id);
  if (forks.length === 0) return null;
  return (
    <Section name="forks" title="Forks" summary={plural(forks.length, "fork")}>
      <ul className="children">
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
  const isHere = task_id === task.id && tree_id === task.tree_id;
  return (
    <li>
      <StatusGlyph status={shownStatusOfTree(fork)} />
      <Link className="cut grow" href={`/trees/${fork.id}`} title={`Forked by ${fork.created_by}`}>
        {fork.title}
      </Link>
      <span className="small faint nowrap">
        {tree_id === task.tree_id ? "" : "of the same origin, "}
        {isHere && place ? (
          <button type="button" className="link" onClick={() => place.open(seq)}>
            after #{exactCount(seq)}
          </button>
        ) : (
          `after #${exactCount(seq)}`
        )}
        , {money(fork.cost_usd)}
      </span>
      <Link className="link small nowrap" href={`/trees/${task.tree_id}/compare/${fork.id}`}>
        Compare
      </Link>
    </li>
  );
}

/** Read when the task is opened, and when it has moved. Without them the pane is still true. */
function useForks({ tree_id: treeId, status, attempt }: Task): ListedFork[] {
  const [forks, setForks] = useState<ListedFork[]>([]);
  const moved = [status, attempt].join(" ");
  useEffect(() => {
    if (!moved) return;
    const ended = new AbortController();
    fetchJson<{ items: ListedFork[] }>(`trees/${treeId}/forks`, ended.signal).then(
      ({ items }) => setForks(items),
      () => {},
    );
    return () => ended.abort();
  }, [treeId, moved]);
  return forks;
}

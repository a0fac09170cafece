"use client";

import { useEffect, useRef, useState } from "react";
import { deleteTrees, readOldTrees } from "@/app/actions/operations";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { Modal } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { OldTrees } from "@/core/shapes/operations";
import { bytes, plural } from "@/core/words/figures";

const AGES = [1, 7, 30, 90];
const FIRST_AGE = 7;
const BATCH = 10;

interface Progress {
  deleted: number;
  of: number;
  problem: string | null;
  isOver: boolean;
}

/**
 * Shows which trees it would delete and how much space that frees, then deletes them in batches. Closing it stops after
 * the present batch.
 */
export function OldTreesDialog({ onClosed }: { onClosed: () => void }) {
  const [days, setDays] = useState(FIRST_AGE);
  const [progress, setProgress] = useState<Progress | null>(null);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  const { found, sentence } = useOldTrees(days);

  async function remove(trees: OldTrees["items"]): Promise<void> {
    const now: Progress = { deleted: 0, of: trees.length, problem: null, isOver: false };
    setProgress({ ...now });
    for (let at = 0; at < trees.length && isOpen.current; at += BATCH) {
      const listed = trees.slice(at, at + BATCH).map(({ id, ended_at }) => ({ id, ended_at }));
      const answer = await deleteTrees(listed).catch(() => null);
      now.deleted += answer?.deleted ?? 0;
      now.problem ??= answer ? answer.problem : "The server did not answer. The remaining trees were not deleted.";
      setProgress({ ...now });
      if (!answer) break;
    }
    setProgress({ ...now, isOver: true });
    refreshPage();
  }

  return (
    <Modal title="Delete old trees?" onClosed={onClosed} wide>
      {(dismiss) => (
        <>
          <p className="mt-2">
            Deletes each tree with its log, its results and the workspace that Banyan made for it. A workspace that
            somebody chose stays.
          </p>
          <label className={`${FIELD} mt-3`}>
            <span>Trees that ended more than</span>
            <select value={days} disabled={progress !== null} onChange={(event) => setDays(Number(event.target.value))}>
              {AGES.map((age) => (
                <option key={age} value={age}>
                  {plural(age, "day")} ago
                </option>
              ))}
            </select>
          </label>
          <div className="mt-3 min-h-40" role="status">
            {progress ? <Done progress={progress} /> : <Found found={found} sentence={sentence} />}
          </div>
          <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
            <Button onClick={dismiss}>{progress?.isOver ? "Close" : progress ? "Stop" : "Cancel"}</Button>
            {progress || !found || found.items.length === 0 ? null : (
              <Button look="danger" onClick={() => void remove(found.items)}>
                Delete {plural(found.items.length, "tree")}, frees {bytes(found.size_bytes)}
              </Button>
            )}
          </div>
        </>
      )}
    </Modal>
  );
}

interface Read {
  /** null while it loads, or when loading failed. */
  found: OldTrees | null;
  sentence: string | null;
}

function useOldTrees(days: number): Read {
  const [read, setRead] = useState<(Read & { days: number }) | null>(null);
  useEffect(() => {
    let isWanted = true;
    const tell = (answer: Awaited<ReturnType<typeof readOldTrees>>) => {
      if (isWanted) setRead({ days, found: null, sentence: null, ...answer });
    };
    readOldTrees(days).then(tell, () => tell({ sentence: "The server did not answer. Choose again to retry." }));
    return () => {
      isWanted = false;
    };
  }, [days]);
  return read?.days === days ? read : { found: null, sentence: null };
}

function Done({ progress: { deleted, of, problem, isOver } }: { progress: Progress }) {
  return (
    <>
      <p>{isOver ? `${deleted} of ${plural(of, "tree")} deleted.` : `${deleted} of ${of} deleted…`}</p>
      {problem ? <Hint isBad>{problem}</Hint> : null}
    </>
  );
}

function Found({ found, sentence }: { found: OldTrees | null; sentence: string | null }) {
  if (sentence) return <Hint isBad>{sentence}</Hint>;
  if (!found) return <p className="text-ink-2">Measuring workspaces…</p>;
  const stays =
    found.pinned === 0
      ? ""
      : `${plural(found.pinned, "pinned tree")} this old ${found.pinned === 1 ? "stays" : "stay"}.`;
  if (found.items.length === 0) return <p className="text-ink-2">{stays || "No trees this old."}</p>;
  return (
    <>
      {found.more ? <p className="text-ink-2">These are the oldest {found.items.length}. There are more.</p> : null}
      <ul className="*:border-b *:border-line max-h-60 overflow-y-auto">
        {found.items.map(({ id, title, ended_at, size_bytes }) => (
          <li key={id} className="flex min-h-7 items-center gap-2">
            <span className="truncate min-w-0 flex-auto">{title}</span>
            <span className="text-ink-3 whitespace-nowrap">
              <Clock at={ended_at} />
            </span>
            <span className="min-w-16 text-right whitespace-nowrap">{bytes(size_bytes)}</span>
          </li>
        ))}
      </ul>
      {stays ? <p className="text-ink-2 mt-2">{stays}</p> : null}
    </>
  );
}

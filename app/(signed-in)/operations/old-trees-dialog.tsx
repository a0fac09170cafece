"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import type { OldTrees } from "@/agents/core/shapes-operations";
import { deleteTrees, readOldTrees } from "@/app/actions/operations";
import { bytes, plural } from "@/components/ui/format";
import { Modal } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";

const AGES = [1, 7, 30, 90];
const FIRST_AGE = 7;
const AT_ONCE = 10;

interface Progress {
  deleted: number;
  of: number;
  problem: string | null;
  isOver: boolean;
}

/** Says which trees would go and what that frees, then deletes them a few at a time; closed meanwhile, it stops after those. */
export function OldTreesDialog({ onClosed }: { onClosed: () => void }) {
  const [days, setDays] = useState(FIRST_AGE);
  const [read, setRead] = useState<{ days: number; found: OldTrees | null; sentence: string | null } | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const isOpen = useRef(true);
  const router = useRouter();
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  useEffect(() => {
    let isWanted = true;
    const tell = (answer: Awaited<ReturnType<typeof readOldTrees>>) => {
      if (isWanted) setRead({ days, found: null, sentence: null, ...answer });
    };
    readOldTrees(days).then(tell, () => tell({ sentence: "The server did not answer; choose again when it does." }));
    return () => {
      isWanted = false;
    };
  }, [days]);
  const current = read?.days === days ? read : null;
  const found = current?.found ?? null;

  async function remove(trees: OldTrees["items"]): Promise<void> {
    const now: Progress = { deleted: 0, of: trees.length, problem: null, isOver: false };
    setProgress({ ...now });
    for (let at = 0; at < trees.length && isOpen.current; at += AT_ONCE) {
      const answer = await deleteTrees(trees.slice(at, at + AT_ONCE).map(({ id }) => id)).catch(() => null);
      now.deleted += answer?.deleted ?? 0;
      now.problem ??= answer ? answer.problem : "The server did not answer: what was not deleted is still there.";
      setProgress({ ...now });
      if (!answer) break;
    }
    setProgress({ ...now, isOver: true });
    router.refresh();
  }

  return (
    <Modal title="Delete old trees?" onClosed={onClosed} wide>
      {(dismiss) => (
        <>
          <p className="mt-2">
            A tree goes with its log, its results and the folder that was made for it. A folder that somebody named
            stays.
          </p>
          <label className="f mt-3">
            <span>Ended more than</span>
            <select value={days} disabled={progress !== null} onChange={(event) => setDays(Number(event.target.value))}>
              {AGES.map((age) => (
                <option key={age} value={age}>
                  {plural(age, "day")} ago
                </option>
              ))}
            </select>
          </label>
          <div className="oldtrees mt-3" role="status">
            {progress ? <Done progress={progress} /> : <Found found={found} sentence={current?.sentence ?? null} />}
          </div>
          <div className="acts mt-4 justify-end">
            <Button onClick={dismiss}>{progress?.isOver ? "Close" : progress ? "Stop here" : "Keep them"}</Button>
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

function Done({ progress: { deleted, of, problem, isOver } }: { progress: Progress }) {
  return (
    <>
      <p>
        {isOver
          ? `${deleted} of ${plural(of, "tree")} ${of === 1 ? "is" : "are"} deleted.`
          : `${deleted} of ${of} deleted …`}
      </p>
      {problem ? <p className="hint bad">{problem}</p> : null}
    </>
  );
}

function Found({ found, sentence }: { found: OldTrees | null; sentence: string | null }) {
  if (sentence) return <p className="hint bad">{sentence}</p>;
  if (!found) return <p className="dim">The folders are being measured …</p>;
  if (found.items.length === 0) return <p className="dim">No tree ended so long ago.</p>;
  return (
    <>
      {found.more ? <p className="dim">These are the oldest {found.items.length}; there are more.</p> : null}
      <ul className="rows">
        {found.items.map(({ id, title, ended_at, size_bytes }) => (
          <li key={id} className="flex">
            <span className="cut grow">{title}</span>
            <span className="faint nowrap">
              <Clock at={ended_at} />
            </span>
            <span className="nowrap size">{bytes(size_bytes)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

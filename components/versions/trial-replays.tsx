"use client";

import Link from "next/link";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Hint } from "@/components/ui/hint";
import { FactTable } from "@/components/ui/table";
import type { ReplayedHalf, ReplayedTree, ShownReplay, TrialReplays } from "@/core/shapes/improving/trials";
import { costOf, replaysState, replayText } from "@/core/words/trials";

/** The replays of ended trees before a trial: the results of both versions so far, and each replay with its tree. */
export function Replays({ replays }: { replays: TrialReplays }) {
  const { trees, decides, shown } = replays;
  if (trees.length === 0) return <Hint>{replaysState(replays)}</Hint>;
  const versions = [decides.live.version, decides.candidate.version].map((version) => `v${version}`);
  return (
    <section className="mt-3" aria-label="Replays">
      <Hint>{replaysState(replays)}</Hint>
      <FactTable className="mt-1 w-full" columns={["Replays passed", ...versions]}>
        <Half name="Decide" half={decides} />
        <Half name="Seen by the proposer" half={shown} />
      </FactTable>
      <details className={`${FOLD} mt-1`}>
        <summary>
          <FoldMark />
          <span>Each replay</span>
        </summary>
        <FactTable className="w-full" columns={["Ended tree", ...versions]}>
          {trees.map((tree) => (
            <Replayed key={tree.source_id} tree={tree} />
          ))}
        </FactTable>
      </details>
    </section>
  );
}

function Half({ name, half: { live, candidate } }: { name: string; half: ReplayedHalf }) {
  return (
    <tr>
      <td>{name}</td>
      <Passed side={live} />
      <Passed side={candidate} />
    </tr>
  );
}

function Passed({ side }: { side: ReplayedHalf["live"] }) {
  if (side.trees === 0) return <td>none</td>;
  return (
    <td>
      {side.passed} of {side.trees} <span className="text-ink-3 whitespace-nowrap">{costOf(side)} each</span>
    </td>
  );
}

function Replayed({ tree: { source_id, decides, live, candidate } }: { tree: ReplayedTree }) {
  return (
    <tr>
      <td>
        <Link className="link" href={`/trees/${source_id}`}>
          {source_id.slice(0, 6)}
        </Link>{" "}
        <span className="text-ink-3">{decides ? "decides" : "seen"}</span>
      </td>
      <Result replay={live} />
      <Result replay={candidate} />
    </tr>
  );
}

function Result({ replay }: { replay: ShownReplay }) {
  const text = replayText(replay);
  return (
    <td>
      {replay.tree_id ? (
        <Link className="link" href={`/trees/${replay.tree_id}`}>
          {text}
        </Link>
      ) : (
        text
      )}
    </td>
  );
}

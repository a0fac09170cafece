import Link from "next/link";
import { ForgeLink } from "@/components/trees/forge-link";
import { FoldMark } from "@/components/ui/fold-mark";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Separator } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import type { EvolutionCycle, EvolutionOfProject } from "@/core/shapes/evolution";
import { plural } from "@/core/words/figures";
import { CYCLE_WORDS } from "@/core/words/insights/evolution";
import { CYCLE_STATUSES, usedText } from "@/core/words/insights/evolve";
import { placeOf } from "@/core/words/insights/insights";
import { pullWord } from "@/core/words/projects";
import { withoutDisguise } from "@/core/words/visible";
import { CycleActs } from "./cycle-acts";

interface CycleRowProps {
  evolution: EvolutionOfProject;
  cycle: EvolutionCycle;
  host: string | null;
  /** Absent: nothing is to be decided. */
  mayDecide?: boolean;
  onDone?: (outcome: Outcome) => void;
}

/** A cycle: its insight, how it stands, what it used, and where its change is. Title and place are texts of the repository. */
export function CycleRow({ evolution, cycle, host, mayDecide = false, onDone }: CycleRowProps) {
  const { id, insight, state, why, tree, changed_at } = cycle;
  const title = withoutDisguise(insight.title);
  return (
    <li id={id} data-cycle={id} className="scroll-mt-4">
      <div
        className="-mx-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 rounded-sm px-2 py-[7px] phone:grid-cols-1"
        data-row
        tabIndex={-1}
      >
        <span className="wrap-anywhere min-w-0 font-medium">{title}</span>
        <span className="flex items-center gap-2 justify-self-end phone:justify-self-start">
          <StatusWord status={CYCLE_STATUSES[state]}>{CYCLE_WORDS[state]}</StatusWord>
          <span className="w-16 whitespace-nowrap text-right text-ink-3 phone:w-auto">
            <Elapsed since={changed_at} until={null} /> ago
          </span>
        </span>
        <p className="wrap-anywhere col-span-full min-w-0 text-ink-2">
          <code>{withoutDisguise(placeOf(insight))}</code>
          <Separator />
          {usedText(cycle, evolution.change)}
          {tree === null ? null : (
            <>
              <Separator />
              <Link className="link" href={`/trees/${tree}`} prefetch={false}>
                Tree<span className="sr-only"> of “{title}”</span>
              </Link>
            </>
          )}
          <Change change={cycle.change} forge={evolution.forge} host={host} />
        </p>
        {why === null ? null : (
          <p className={`wrap-anywhere col-span-full min-w-0 ${state === "failed" ? "text-fail" : "text-ink-2"}`}>
            {withoutDisguise(why)}
          </p>
        )}
        <Refusals refusals={cycle.refusals} />
        {state === "open" && onDone ? (
          <CycleActs evolution={evolution} cycle={cycle} host={host} mayDecide={mayDecide} onDone={onDone} />
        ) : null}
      </div>
    </li>
  );
}

/** Where the change is. One that waits is opened with the buttons below. */
function Change({
  change,
  forge,
  host,
}: Pick<EvolutionCycle, "change"> & Pick<EvolutionOfProject, "forge"> & { host: string | null }) {
  if (change === null) return null;
  const { kind, name, url } = change;
  return (
    <>
      <Separator />
      {kind === "branch" ? (
        <>
          Branch <code>{withoutDisguise(name)}</code>
        </>
      ) : kind === "proposal" ? (
        <Link className="link" href={`/review?item=${name}`} prefetch={false}>
          Review
        </Link>
      ) : (
        <ForgeLink address={url ?? ""} host={host} className="link">
          {pullWord(forge)} {name}
        </ForgeLink>
      )}
    </>
  );
}

function Refusals({ refusals }: Pick<EvolutionCycle, "refusals">) {
  if (refusals.length === 0) return null;
  const tries = refusals.map((refusal, at) => ({ number: at + 1, refusal }));
  return (
    <details className="col-span-full min-w-0">
      <summary className="flex cursor-pointer items-center gap-1 text-ink-2">
        <FoldMark />
        Refused {plural(refusals.length, "time")}
      </summary>
      <ol className="grid list-decimal gap-1 py-1 pl-8 text-ink-2">
        {tries.map(({ number, refusal }) => (
          <li key={number} className="wrap-anywhere">
            {withoutDisguise(refusal)}
          </li>
        ))}
      </ol>
    </details>
  );
}

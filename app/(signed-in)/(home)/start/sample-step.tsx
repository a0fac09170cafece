"use client";

import { useEffect } from "react";
import { submitTree } from "@/app/actions/submit";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { useOnce } from "@/components/ui/hooks/use-once";
import { Icon, type IconName } from "@/components/ui/icon";
import { Refusal } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import { SAMPLE_SUBMISSION } from "@/core/shapes/sample";
import { Step } from "./step";
import type { StopBy } from "./stop-box";
import type { SampleRun } from "./use-sample";

interface SampleStepProps {
  run: SampleRun | null;
  awaySinceMs: number | null;
  /** The sample was started, and the page waits for its tree. */
  isStarted: boolean;
  /** The page knows the tree of a sample. */
  isKnown: boolean;
  stopBy: StopBy;
  onStart: (treeId: string) => void;
}

/** Nobody needs it before the first run. */
const RunOfSample = lazily(() => import("./run-of-sample").then((file) => file.RunOfSample));

const SEEN: [IconName, string, string][] = [
  ["running", "text-run", "Eight tasks, up to three at a time"],
  ["question", "text-wait-mark", "One asks you for a limit"],
  ["failed", "text-fail", "One claim fails and is repaired"],
  ["time", "text-ink-2", "A report with a chart comes out"],
];

/** The first step: runs the sample, and shows its progress and its result. */
export function SampleStep({ run, awaySinceMs, isStarted, isKnown, stopBy, onStart }: SampleStepProps) {
  const action = useAction();
  const once = useOnce();
  const hasEnded = run !== null && run.tree.ended_at !== null;
  // The sample was started elsewhere, or the person came back to the page as it was before: the server knows its tree.
  const isMissed = isStarted && !isKnown && !action.pending;
  useEffect(() => {
    if (isMissed) refreshPage();
  }, [isMissed]);

  function start(): void {
    action.run(async () => {
      const result = await once(SAMPLE_SUBMISSION, (key) => submitTree(SAMPLE_SUBMISSION, key));
      if (!result.ok) return result;
      onStart(result.treeId);
      return { ok: true, sentence: "" };
    });
  }

  return (
    <Step number={1} title="Run the sample" state={hasEnded ? "done" : "now"}>
      {run ? (
        <RunOfSample
          run={run}
          awaySinceMs={awaySinceMs}
          stopBy={stopBy}
          isStarting={action.pending}
          startAgain={start}
        />
      ) : (
        <>
          <p className="text-ink-2">
            A small bookshop with a slow search. It works in its own copy, needs no key and no network, costs nothing
            and touches none of your files.
          </p>
          <ul className="my-3 grid grid-cols-2 gap-x-4 gap-y-1.5 phone:grid-cols-1">
            {SEEN.map(([icon, colour, words]) => (
              <li key={words} className="flex items-center gap-2 text-ink-2">
                <Icon name={icon} className={`size-3.5 flex-none ${colour}`} />
                {words}
              </li>
            ))}
          </ul>
          <Button
            look="primary"
            className="h-10! px-5! text-body!"
            disabled={action.pending || isStarted}
            onClick={start}
          >
            {action.pending || isStarted ? "Starting" : "Run the sample"}
          </Button>
        </>
      )}
      <Refusal outcome={action.outcome} />
    </Step>
  );
}

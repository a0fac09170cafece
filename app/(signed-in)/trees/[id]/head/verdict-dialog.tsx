"use client";

import { useEffect, useState } from "react";
import { operate } from "@/app/operate";
import { fetchJson } from "@/components/http/fetch-json";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { PersonVerdict as Said } from "@/core/shapes/improving/trials";

/** Asks whether the result of an ended tree is right. New versions of agents that judge are measured by the answers. */
export function VerdictDialog({ tree, onClosed }: { tree: string; onClosed: () => void }) {
  const [said, setSaid] = useState<Said["outcome"] | null>(null);
  const { pending, outcome, run } = useAction();
  useEffect(() => {
    let isGone = false;
    // The dialog is correct without it, and a person can answer anew.
    fetchJson(`trees/${tree}/verdict`).then(
      ({ verdict }) => isGone || setSaid(verdict?.outcome ?? null),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [tree]);
  const judge = (wanted: Said["outcome"]) =>
    run(
      () => operate("judgeTree", { id: tree, outcome: wanted, reason: "" }),
      (result) => result.ok && setSaid(wanted),
    );
  return (
    <Modal title="Is the result right?" onClosed={onClosed}>
      {(dismiss) => (
        <>
          <p className="mt-2 text-ink-2">Your answers measure new versions of the agents that judge results.</p>
          <div className="mt-3 flex flex-wrap items-center gap-2">
            <Button icon="succeeded" aria-pressed={said === "pass"} disabled={pending} onClick={() => judge("pass")}>
              Right
            </Button>
            <Button icon="failed" aria-pressed={said === "fail"} disabled={pending} onClick={() => judge("fail")}>
              Wrong
            </Button>
          </div>
          <OutcomeLine outcome={outcome} />
          <div className="mt-3 flex justify-end">
            <Button onClick={dismiss}>Close</Button>
          </div>
        </>
      )}
    </Modal>
  );
}

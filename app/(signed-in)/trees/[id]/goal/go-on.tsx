"use client";

import { useState } from "react";
import { lazily } from "@/components/ui/page/lazily";
import type { GoalRound } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { useLoaded } from "../files/use-loaded";

const ForkDialog = lazily(() => import("../control/fork-dialog").then((file) => file.ForkDialog));

/** Begins a round again in a new tree, with the files as they were before it. */
export function useGoOn(root: Task | null) {
  const [round, setRound] = useState<GoalRound | null>(null);
  const { body } = useLoaded(round && root ? `tasks/${root.id}` : null);
  const dialog =
    round && root && round.fork_seq !== null ? (
      <ForkDialog
        task={root}
        instruction={body?.instruction ?? null}
        point={{
          at: round.fork_seq,
          what: `round ${round.number}`,
          isBefore: true,
          title: `Go on from round ${round.number}`,
        }}
        onClosed={() => setRound(null)}
      />
    ) : null;
  return { goOn: setRound, dialog };
}

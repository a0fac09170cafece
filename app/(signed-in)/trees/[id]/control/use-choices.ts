"use client";

import { useEffect, useState } from "react";
import { readWorkerChoices, type WorkerChoices } from "@/app/actions/looks";

/**
 * Returns the agents and providers to choose from, or null until they load. If loading fails, the fields still accept
 * typed names, and the server refuses an unknown name.
 */
export function useChoices(): WorkerChoices | null {
  const [choices, setChoices] = useState<WorkerChoices | null>(null);
  useEffect(() => {
    let isGone = false;
    readWorkerChoices().then(
      (read) => isGone || setChoices(read),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, []);
  return choices;
}

"use client";

import { useEffect, useState } from "react";
import { readWorkerChoices, type WorkerChoices } from "@/app/actions/looks";

/** null until they are read. Without them the fields still take what is typed; the server says what it does not know. */
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

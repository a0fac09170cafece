"use client";

import { useEffect, useState } from "react";
import type { AnswerTo, Known } from "@/components/http/answer-to";
import { fetchBody } from "@/components/http/fetch-json";
import { useMustSee } from "@/components/ui/must-see";

/** Reads what the server finds out elsewhere about an open item; null while it does. Nobody decides before it is here. */
export function useLooked<const Path extends `reviews/${string}`>(address: Path & Known<Path>): AnswerTo<Path> | null {
  const [looked, setLooked] = useState<AnswerTo<Path> | null>(null);
  useEffect(() => {
    const ended = new AbortController();
    fetchBody(address, ended.signal).then(
      (body) => setLooked(body as AnswerTo<Path>),
      (error: Error) => {
        if (!ended.signal.aborted) setLooked({ found: null, problem: error.message } as AnswerTo<Path>);
      },
    );
    return () => ended.abort();
  }, [address]);
  useMustSee("loading", looked !== null);
  return looked;
}

"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { useMustSee } from "@/components/ui/must-see";
import type { FoundOut } from "@/core/shapes/reviews/found";

/** Reads what the server finds out elsewhere about an open item; null while it does. Nobody decides before it is here. */
export function useLooked<Body>(address: string): FoundOut<Body> | null {
  const [looked, setLooked] = useState<FoundOut<Body> | null>(null);
  useEffect(() => {
    const ended = new AbortController();
    fetchJson<FoundOut<Body>>(address, ended.signal).then(setLooked, (error: Error) => {
      if (!ended.signal.aborted) setLooked({ found: null, problem: error.message });
    });
    return () => ended.abort();
  }, [address]);
  useMustSee("loading", looked !== null);
  return looked;
}

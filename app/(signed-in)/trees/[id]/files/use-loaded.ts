"use client";

import { useEffect, useState } from "react";
import type { AnswerTo, Known } from "@/components/http/answer-to";
import { fetchBody } from "@/components/http/fetch-json";

export interface Loaded<Body> {
  /** What was read last; it stays while newer data loads. */
  body: Body | null;
  problem: string | null;
}

interface Asked {
  address: string | null;
  revision: string;
}

/**
 * Reads an address of the API, and again when `revision` changes. Another address starts empty. `null` reads nothing.
 */
export function useLoaded<const Path extends string>(
  address: (Path & Known<Path>) | null,
  revision = "",
): Loaded<AnswerTo<Path>> {
  const [found, setFound] = useState<Loaded<AnswerTo<Path>> & Asked>({ ...EMPTY, address: null, revision });
  useEffect(() => {
    if (address === null) return;
    const ended = new AbortController();
    fetchBody(address, ended.signal).then(
      (body) => setFound({ body: body as AnswerTo<Path>, problem: null, address, revision }),
      (error: Error) => {
        if (!ended.signal.aborted) setFound({ body: null, problem: error.message, address, revision });
      },
    );
    return () => ended.abort();
  }, [address, revision]);
  return found.address === address ? found : EMPTY;
}

const EMPTY = { body: null, problem: null };

"use client";

import { useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { settledWords } from "./words";

/** Returns how each item that is no longer open was settled, in words, as soon as the server has said it. */
export function useSettled(gone: ReadonlySet<string>, me: string): ReadonlyMap<string, string> {
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  useEffect(() => {
    for (const id of gone) {
      if (asked.current.has(id)) continue;
      asked.current.add(id);
      fetchJson(`reviews/${id}`).then(
        (review) =>
          review.status === "open"
            ? asked.current.delete(id)
            : setKnown((now) => new Map(now).set(id, settledWords(review, me))),
        // Asked again with the next change of the list.
        () => asked.current.delete(id),
      );
    }
  }, [gone, me]);
  return known;
}

"use client";

import { createContext, useContext, useId, useLayoutEffect, useState } from "react";

/** A part of what a person must have seen before deciding. */
export interface MustSeePart {
  /** `loading`: its content is not there yet. */
  kind: "file" | "text" | "loading";
  isSeen: boolean;
}

/** Takes the state of a part; null: the part has left the page. */
export type TellPart = (id: string, part: MustSeePart | null) => void;

const Place = createContext<TellPart | null>(null);

/** Around the evidence of a decision: it is told of each part that is folded, cut or still loading. */
export const MustSeePlace = Place.Provider;

/** Tells the decision around it, if there is one, of a part. What was seen once stays seen. */
export function useMustSee(kind: MustSeePart["kind"], isSeenNow: boolean): void {
  const tell = useContext(Place);
  const id = useId();
  const [wasSeen, setWasSeen] = useState(isSeenNow);
  if (isSeenNow && !wasSeen) setWasSeen(true);
  const isSeen = isSeenNow || wasSeen;
  useLayoutEffect(() => tell?.(id, { kind, isSeen }), [tell, id, kind, isSeen]);
  useLayoutEffect(() => () => tell?.(id, null), [tell, id]);
}

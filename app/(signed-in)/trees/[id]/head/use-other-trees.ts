"use client";

import { useEffect, useState } from "react";
import { fetchAll, fetchJson } from "@/components/http/fetch-json";
import type { Found } from "@/core/shapes/search";

/** The server is asked after a pause of this length in typing. */
const PAUSE_MS = 150;

export interface OtherTree {
  id: string;
  title: string;
  status: Found["trees"][number]["status"];
  created_at: string;
  /** "fork" for a fork of the tree, or of the same tree; else "". */
  kin: string;
}

interface Answer {
  /** null before the first answer. */
  words: string | null;
  trees: OtherTree[];
  problem: string | null;
}

/** Returns the trees to compare with: without words its forks, then the newest trees. */
export function useOtherTrees(treeId: string, search: string) {
  const words = search.trim();
  const [answer, setAnswer] = useState<Answer>({ words: null, trees: [], problem: null });
  useEffect(() => {
    const ended = new AbortController();
    const timer = setTimeout(
      () => {
        readOthers(treeId, words, ended.signal).then(
          (trees) => setAnswer({ words, trees, problem: null }),
          (error: Error) => ended.signal.aborted || setAnswer({ words, trees: [], problem: error.message }),
        );
      },
      words ? PAUSE_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [treeId, words]);
  return { ...answer, isSearching: answer.words !== words };
}

async function readOthers(treeId: string, words: string, signal: AbortSignal): Promise<OtherTree[]> {
  const [forks, found] = await Promise.all([
    fetchAll(`trees/${treeId}/forks`, signal),
    fetchJson(`find?words=${encodeURIComponent(words)}`, signal),
  ]);
  const kin = forks.map(({ id, title, status, created_at }) => ({ id, title, status, created_at, kin: "fork" }));
  const kinIds = new Set(kin.map((tree) => tree.id));
  const others = found.trees.map((tree) => ({ ...tree, kin: kinIds.has(tree.id) ? "fork" : "" }));
  const first = words ? [] : kin;
  return [...first, ...others.filter((tree) => words || !kinIds.has(tree.id))].filter((tree) => tree.id !== treeId);
}

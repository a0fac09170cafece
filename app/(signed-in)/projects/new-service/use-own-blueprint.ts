"use client";

import { useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { ListedBlueprint } from "@/core/shapes/services/blueprints";
import { kindFault, type Way } from "./wish";

type Answer = { folder: string; blueprint: ListedBlueprint } | { folder: string; fault: string };

export interface OwnBlueprint {
  /** What the folder has, once the server has read it. */
  blueprint: ListedBlueprint | null;
  /** Why it cannot be used, as a sentence. */
  fault: string | null;
  /** Resolves with the blueprint, or with a sentence that says why it cannot be used. */
  read: () => Promise<ListedBlueprint | string>;
}

const NO_FOLDER = "Name the folder of the blueprint by its whole path, which begins with /.";

/** The blueprint in a folder of the server. An answer about another folder than the typed one counts for nothing. */
export function useOwnBlueprint(typed: string, way: Way): OwnBlueprint {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const asked = useRef("");
  const folder = typed.trim();
  const current = answer?.folder === folder ? answer : null;
  const blueprint = current && "blueprint" in current ? current.blueprint : null;
  const faultOf = (found: ListedBlueprint | null) => found && kindFault(found, way);

  async function read(): Promise<ListedBlueprint | string> {
    if (folder === "") return NO_FOLDER;
    asked.current = folder;
    const found = await readFolder(folder);
    if (asked.current === folder) setAnswer(found);
    return "fault" in found ? found.fault : (faultOf(found.blueprint) ?? found.blueprint);
  }
  return { blueprint, fault: current && "fault" in current ? current.fault : faultOf(blueprint), read };
}

async function readFolder(folder: string): Promise<Answer> {
  try {
    return { folder, blueprint: await fetchJson(`blueprint?path=${encodeURIComponent(folder)}`) };
  } catch (error) {
    return { folder, fault: (error as Error).message };
  }
}

"use client";

import { useFetched } from "@/components/pickers/use-fetched";
import type { Project } from "@/core/shapes/projects";

export interface ReadProject {
  /** null: it is not read yet, or none is chosen. */
  project: Project | null;
  /** Why it could not be read; null: it was, or its answer is under way. */
  unread: string | null;
  again: () => void;
}

/** Reads the project with this name; "": none. */
export function useProject(name: string): ReadProject {
  const path = name === "" ? null : (`projects/${encodeURIComponent(name)}` as const);
  const { body, isNewest, problem, again } = useFetched(path);
  return { project: path !== null && isNewest ? body : null, unread: problem, again };
}

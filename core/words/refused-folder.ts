import type { OnlyCopy } from "@/core/shapes/folders";

/** Says that a tree cannot continue in its folder, and what to do. `why` is a sentence. */
export function cannotGoOn(why: string): string {
  return `Start a new tree in another folder, because this one cannot go on. ${why}`;
}

/** Why a tree can work only in a copy of a folder. */
export const ONLY_COPY: Readonly<Record<OnlyCopy, string>> = {
  unwritable: "The server cannot write to this folder.",
  ignores_case: "This folder is on a file system that ignores case, where .git cannot be protected from commands.",
};

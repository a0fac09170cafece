"use client";

import { createContext, useContext } from "react";
import type { OpenFile } from "@/components/trees/tree-address";

interface FilesHere {
  /** Opens a file in the Files view of this page; null on other pages, which need a link. */
  openFile: OpenFile | null;
  /** Whether the person may create branches. */
  canRun: boolean;
}

const Context = createContext<FilesHere>({ openFile: null, canRun: false });

export const FilesProvider = Context.Provider;

/** Returns how parts of a page open a file, and what the person may do with it. */
export function useFilesHere(): FilesHere {
  return useContext(Context);
}

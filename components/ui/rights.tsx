"use client";

import { createContext, type ReactNode, useContext } from "react";

/** What somebody may do beside looking, and for what they may not, one sentence that says who may. */
export interface Rights {
  /** Starting and steering tasks. null: they may. */
  run: string | null;
  /** Answering what tasks ask. */
  answer: string | null;
  /** Deciding what agents may do. */
  decide: string | null;
}

const ALL: Rights = { run: null, answer: null, decide: null };
const Context = createContext<Rights>(ALL);

export function RightsProvider({ rights, children }: { rights: Rights; children: ReactNode }) {
  return <Context.Provider value={rights}>{children}</Context.Provider>;
}

/** Of whoever looks at the page. The server decides all the same. */
export function useRights(): Rights {
  return useContext(Context);
}

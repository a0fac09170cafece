"use client";

import { createContext, type ReactNode, useContext } from "react";

/** The user's permissions. null: allowed; otherwise a sentence that says who is allowed. */
export interface Rights {
  /** Start and steer tasks. */
  run: string | null;
  /** Answer the questions of tasks. */
  answer: string | null;
  /** Decide approvals, proposals, changes and flags. */
  decide: string | null;
}

const ALL: Rights = { run: null, answer: null, decide: null };
const Context = createContext<Rights>(ALL);

export function RightsProvider({ rights, children }: { rights: Rights; children: ReactNode }) {
  return <Context.Provider value={rights}>{children}</Context.Provider>;
}

/** Returns the user's permissions, for display only: the server checks every action itself. */
export function useRights(): Rights {
  return useContext(Context);
}

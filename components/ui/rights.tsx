"use client";

import { createContext, type ReactNode, useContext, useMemo } from "react";

/** The user's permissions. null: allowed; otherwise a sentence that says who is allowed. */
export interface Rights {
  /** Start and steer tasks. */
  run: string | null;
  /** Answer the questions of tasks. */
  answer: string | null;
  /** Decide approvals, proposals, changes and flags. */
  decide: string | null;
  /** Change agents, documents, tools and lessons. */
  configure: string | null;
}

/** What is shown of the signed-in person: their permissions, and the name under which their decisions are stored. */
interface Person {
  rights: Rights;
  name: string;
}

const ALL: Rights = { run: null, answer: null, decide: null, configure: null };
const Context = createContext<Person>({ rights: ALL, name: "" });

export function RightsProvider({
  rights,
  name = "",
  children,
}: Partial<Person> & { rights: Rights; children: ReactNode }) {
  const person = useMemo(() => ({ rights, name }), [rights, name]);
  return <Context.Provider value={person}>{children}</Context.Provider>;
}

/** Returns the user's permissions, for display only: the server checks every action itself. */
export function useRights(): Rights {
  return useContext(Context).rights;
}

/** Returns the name of the signed-in person. */
export function useMe(): string {
  return useContext(Context).name;
}

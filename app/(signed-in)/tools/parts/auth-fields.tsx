"use client";

import { FIELD } from "@/components/ui/field-look";
import type { ApiRequest } from "@/core/shapes/tools";

const AUTHS = [
  { value: "none", word: "None" },
  { value: "bearer", word: "Bearer token" },
  { value: "header", word: "Key in a header" },
  { value: "basic", word: "User and password" },
] as const;
const SECRET_WORDS = { bearer: "Token", header: "Key", basic: "user:password" } as const;

/** How requests to an API or an outside agent are signed. */
export interface AuthValues {
  auth: NonNullable<ApiRequest["auth"]>;
  header: string;
  secret: string;
}

interface AuthFieldsProps {
  fields: AuthValues;
  change: (some: Partial<AuthValues>) => void;
  /** Whether there may be a secret already, which stays when none is given. */
  isKnown: boolean;
}

export function AuthFields({ fields: { auth, header, secret }, change, isKnown }: AuthFieldsProps) {
  return (
    <>
      <label className={FIELD}>
        <span>Authentication</span>
        <select value={auth} onChange={(event) => change({ auth: authOf(event.target.value) })}>
          {AUTHS.map(({ value, word }) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
      {auth === "header" ? (
        <label className={FIELD}>
          <span>Header</span>
          <input
            type="text"
            className="font-mono text-mono"
            value={header}
            onChange={(event) => change({ header: event.target.value })}
          />
        </label>
      ) : null}
      {auth === "none" ? null : (
        <label className={FIELD}>
          <span>{SECRET_WORDS[auth]}</span>
          <input
            type="password"
            autoComplete="off"
            value={secret}
            placeholder={isKnown ? "Unchanged" : ""}
            onChange={(event) => change({ secret: event.target.value })}
          />
        </label>
      )}
    </>
  );
}

function authOf(value: string): AuthValues["auth"] {
  return AUTHS.find((one) => one.value === value)?.value ?? "none";
}

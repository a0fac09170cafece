/** Settings of runners: where NATS is, and the pool of trees that name none. */
import { resolve } from "node:path";
import { z } from "zod";
import { isName } from "../nats/names";
import { listIn } from "./notifications";

const ADDRESSES = "addresses of NATS nodes with commas between them, such as tls://nats.example.org:4222";

export const RUNNER_SETTINGS = {
  BANYAN_NATS: z
    .string()
    .refine(
      (text) => listIn(text).length > 0 && listIn(text).every((url) => /^(tls|nats):\/\/[^\s/]+$/.test(url)),
      ADDRESSES,
    )
    .optional(),
  BANYAN_NATS_CA: z.string().optional(),
  BANYAN_POOL: z
    .string()
    .refine(isName, 'the name of a pool: small letters, digits and "-", at most 40 characters')
    .optional(),
};

export interface RunnerSettings {
  /** Empty: this installation has no runners. */
  nats: string[];
  /** A file with certificate authorities; null: the system's. Absolute. */
  ca: string | null;
  /** Where new trees work that name no pool; null: on the server's machine. */
  pool: string | null;
}

interface Given {
  BANYAN_NATS?: string | undefined;
  BANYAN_NATS_CA?: string | undefined;
  BANYAN_POOL?: string | undefined;
}

/** Calls `refuse` for settings that do not go together. */
export function runnersOf(given: Given, cwd: string, refuse: (sentence: string) => never): RunnerSettings {
  const nats = listIn(given.BANYAN_NATS ?? "");
  const pool = given.BANYAN_POOL ?? null;
  if (pool !== null && nats.length === 0)
    refuse("The setting BANYAN_POOL needs BANYAN_NATS: name the NATS nodes that connect the server with its runners.");
  return { nats, ca: given.BANYAN_NATS_CA ? resolve(cwd, given.BANYAN_NATS_CA) : null, pool };
}

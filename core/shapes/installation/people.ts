/** Shapes of people and settings for programs and pages. */
import type { User } from "@/core/rules/roles";

/** A user in a list. */
export interface ListedUser extends User {
  /** When they last signed in, acted, used a token or opened a page; null when unknown. */
  last_seen_at: string | null;
  /** Number of open sessions. */
  sessions: number;
}

/** A setting of the environment with its effective value; a secret's value is hidden. */
export interface ShownSetting {
  /** Name of the environment variable. */
  name: string;
  /** The effective value; empty when it is not set and has no default. */
  value: string;
  /** Whether it is set; else the value is the default. */
  is_set: boolean;
}

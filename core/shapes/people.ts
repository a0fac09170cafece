/** People and settings as programs and pages see them. */
import type { User } from "@/core/rules/roles";

export interface ListedUser extends User {
  /** When they last signed in, acted, used a token or looked at a page; null: never, as far as is known. */
  last_seen_at: string | null;
  /** Open ones. */
  sessions: number;
}

/** A setting of the environment as it holds; of a secret only whether it is set. */
export interface ShownSetting {
  name: string;
  /** Empty: nothing is set, and nothing holds by itself. */
  value: string;
  /** It was set; else it is the default. */
  is_set: boolean;
}

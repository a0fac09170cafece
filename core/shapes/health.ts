/** What `/health` answers. */
export interface Health {
  /** "ok", or one sentence that says what is wrong. */
  status: string;
  version: string;
  /** null if the release is not from a git checkout. */
  commit: string | null;
  /** Identifies this start of the server. */
  instance: string;
  /** null without a launcher. */
  release: number | null;
  /** A digest of the tables. */
  schema: string;
  /** The level of the database; see db/file/data-level.ts. */
  level: number;
  /** Why commands cannot run; absent when they can. Not unhealthy, because trees without commands still run. */
  terminal?: string;
}

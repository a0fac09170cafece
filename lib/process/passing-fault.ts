/** What a machine runs short of for a while: nothing that the work in hand has done, and nothing that it can mend. */
const SENTENCES: Record<string, string> = {
  EMFILE: "The server had no file descriptor left.",
  ENFILE: "The machine had no file descriptor left.",
  EAGAIN: "The machine could start no further process or thread.",
  ENOMEM: "The machine had no memory left.",
  ENOSPC: "The disk was full.",
  EDQUOT: "The quota of the disk was used up.",
  EIO: "The disk could not be read or written.",
  SQLITE_IOERR: "The disk of the database could not be read or written.",
  // What SQLite says of a page that the disk refuses to read; a database that is damaged says the same, again and again.
  SQLITE_CORRUPT: "The database could not be read: its disk fails, or it is damaged.",
  SQLITE_NOMEM: "The database had no memory left.",
  SQLITE_CANTOPEN: "The database could not be opened.",
  SQLITE_FULL: "The disk of the database was full.",
  SQLITE_BUSY: "The database was in use for too long.",
};

/** So many causes of an error are looked at: a chain may be a circle. */
const MOST_CAUSES = 8;

/** One sentence when the error, or one that caused it, says that the machine ran short of something; else null. */
export function passingFault(error: unknown): string | null {
  let one: unknown = error;
  for (let depth = 0; depth < MOST_CAUSES && one instanceof Error; depth += 1) {
    const { code } = one as { code?: unknown };
    const known = typeof code === "string" ? (SENTENCES[code] ?? SENTENCES[code.split("_", 2).join("_")]) : undefined;
    if (known) return known;
    one = one.cause;
  }
  return null;
}

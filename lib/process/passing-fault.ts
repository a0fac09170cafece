/** Recognizes temporary shortages of the machine, which the present work neither caused nor can fix. */
const SENTENCES: Record<string, string> = {
  EMFILE: "The server ran out of file descriptors.",
  ENFILE: "The machine ran out of file descriptors.",
  EAGAIN: "The machine could not start another process or thread.",
  ENOMEM: "The machine ran out of memory.",
  ENOSPC: "The disk was full.",
  EDQUOT: "The disk quota was used up.",
  EIO: "The disk could not be read or written.",
  SQLITE_IOERR: "The disk of the database could not be read or written.",
  // SQLite's error for a page that the disk cannot read; a damaged database gives the same error again and again.
  SQLITE_CORRUPT: "The database could not be read: its disk is failing, or it is damaged.",
  SQLITE_NOMEM: "The database ran out of memory.",
  SQLITE_CANTOPEN: "The database could not be opened.",
  SQLITE_FULL: "The disk of the database was full.",
  SQLITE_BUSY: "The database was in use for too long.",
};

/** A shortage of another machine, which passes as those of this one do. Its message says which machine. */
export class PassingError extends Error {
  override name = "PassingError";
}

/**
 * Returns a sentence for a program that could not be started: a missing program has to be installed, while a shortage
 * of the machine passes.
 */
export function startFault(program: string, packageName: string, error: NodeJS.ErrnoException): string {
  const fault = passingFault(error);
  if (fault) return `${program} could not be started. ${fault}`;
  if (error.code === "EACCES") return `${program} may not be started by this account (${error.message}).`;
  return `${program} could not be started (${error.message}); install it with: apt-get install ${packageName}`;
}

/** The most causes of an error to follow, because the chain may be circular. */
const MOST_CAUSES = 8;

/** Returns one sentence when the error, or one of its causes, is a shortage of the machine; else null. */
export function passingFault(error: unknown): string | null {
  return shortage(error)?.sentence ?? null;
}

/** Returns the system's code of such a shortage; null: it is none. */
export function passingCode(error: unknown): string | null {
  return shortage(error)?.code ?? null;
}

function shortage(error: unknown): { code: string; sentence: string } | null {
  let cause: unknown = error;
  for (let depth = 0; depth < MOST_CAUSES && cause instanceof Error; depth += 1) {
    if (cause instanceof PassingError) return { code: cause.name, sentence: cause.message };
    const { code } = cause as { code?: unknown };
    const known = typeof code === "string" ? (SENTENCES[code] ?? SENTENCES[code.split("_", 2).join("_")]) : undefined;
    if (known) return { code: String(code), sentence: known };
    cause = cause.cause;
  }
  return null;
}

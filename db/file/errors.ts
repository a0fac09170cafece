/** Failures of the database that can happen, each with one sentence that says what to do. */
export class StoreError extends Error {
  override name = "StoreError";
  constructor(
    readonly kind: "unreadable" | "older" | "newer" | "not_writable" | "full" | "disk" | "in_use" | "failed",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Sorts what SQLite throws; `file` is named in the sentence. */
export function storeError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = (error as { code?: string }).code ?? "";
  const message = (error as Error).message ?? String(error);
  const { kind, sentence } = sorted(code, message, file);
  return new StoreError(kind, sentence, { cause: error });
}

function sorted(code: string, message: string, file: string): { kind: StoreError["kind"]; sentence: string } {
  // SQLite says so also when the disk refuses to read a page.
  if (code.startsWith("SQLITE_CORRUPT") || code.startsWith("SQLITE_NOTADB")) {
    return {
      kind: "unreadable",
      sentence: `The database ${file} is damaged or its disk cannot be read (${message}): look at the disk and at the system's log; if both are well, put a backup in its place with \`banyan restore FILE\`. The file was not changed.`,
    };
  }
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM") {
    return {
      kind: "not_writable",
      sentence: `The database ${file} cannot be written (${message}): make the file and its folder writable for this user, or name another folder with BANYAN_DATA_DIR.`,
    };
  }
  if (code.startsWith("SQLITE_IOERR") && !/no space|quota/i.test(message)) {
    return {
      kind: "disk",
      sentence: `The disk of the database ${file} cannot be read or written (${message}): look at the disk and at the system's log; work goes on by itself once it answers.`,
    };
  }
  if (code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_IOERR")) {
    return {
      kind: "full",
      sentence: `The database ${file} cannot grow (${message}): free some space on its disk; work goes on by itself then.`,
    };
  }
  return { kind: "failed", sentence: `The database ${file} failed: ${message}` };
}

export function isBusy(error: unknown): boolean {
  return ((error as { code?: string }).code ?? "").startsWith("SQLITE_BUSY");
}

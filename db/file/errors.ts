import { closeSync, openSync } from "node:fs";

/** A failure of the database. Its message is one sentence that says what to do. */
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

/**
 * Turns an error of SQLite into a StoreError, whose sentence names `file`. `canOpen`: whether this process can open a file
 * that everybody may read, which tells a shortage from a missing permission.
 */
export function storeError(error: unknown, file: string, canOpen: () => boolean = canOpenFiles): StoreError {
  if (error instanceof StoreError) return error;
  const code = (error as { code?: string }).code ?? "";
  const message = (error as Error).message ?? String(error);
  if (code.startsWith("SQLITE_CANTOPEN") && !canOpen()) {
    const sentence = `The database ${file} cannot be opened, because the server ran out of file descriptors: raise their limit (LimitNOFILE= in its systemd unit, or \`ulimit -n\`); work continues by itself when some are free.`;
    return new StoreError("disk", sentence, { cause: error });
  }
  const { kind, sentence } = sorted(code, message, file);
  return new StoreError(kind, sentence, { cause: error });
}

/** SQLite reports its errors without the system's code. */
function canOpenFiles(): boolean {
  try {
    closeSync(openSync("/dev/null", "r"));
    return true;
  } catch {
    return false;
  }
}

function sorted(code: string, message: string, file: string): { kind: StoreError["kind"]; sentence: string } {
  // SQLite reports the same when the disk cannot read a page.
  if (code.startsWith("SQLITE_CORRUPT") || code.startsWith("SQLITE_NOTADB")) {
    return {
      kind: "unreadable",
      sentence: `The database ${file} is damaged or its disk cannot be read (${message}): check the disk and the system's log; if both are fine, restore a backup with \`banyan restore FILE\`. The file was not changed.`,
    };
  }
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM") {
    return {
      kind: "not_writable",
      sentence: `The database ${file} cannot be written (${message}): make the file and its folder writable for this user, or set BANYAN_DATA_DIR to another folder.`,
    };
  }
  if (code.startsWith("SQLITE_IOERR") && !/no space|quota/i.test(message)) {
    return {
      kind: "disk",
      sentence: `The disk of the database ${file} cannot be read or written (${message}): check the disk and the system's log; work continues by itself when the disk works again.`,
    };
  }
  if (code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_IOERR")) {
    return {
      kind: "full",
      sentence: `The database ${file} cannot grow (${message}): free some space on its disk; then work continues by itself.`,
    };
  }
  return { kind: "failed", sentence: `The database ${file} failed: ${message}` };
}

export function isBusy(error: unknown): boolean {
  return ((error as { code?: string }).code ?? "").startsWith("SQLITE_BUSY");
}

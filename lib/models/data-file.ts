/** A JSON file of the data folder that people and other processes may change while this process runs. */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface DataFile<Value> {
  /** The present value; the last good one while the file is broken. */
  read(): Value;
  /** What is wrong with the file, in one sentence; null when nothing is. */
  problem(): string | null;
  /** Replaces the file, so that readers see the old text or the new. */
  write(text: string): void;
  /** Changes whenever the file does. */
  version(): string;
}

/** `parse` gets the JSON value, or undefined while there is no file, and throws an Error with one sentence. */
export function createDataFile<Value>(file: string, parse: (json: unknown) => Value): DataFile<Value> {
  let read: { version: string; value: Value; problem: string | null } | undefined;
  function now() {
    const version = versionOf(file);
    if (read?.version !== version) read = { version, ...readNow() };
    return read;
  }
  function readNow(): { value: Value; problem: string | null } {
    try {
      return { value: parse(jsonOf(file)), problem: null };
    } catch (error) {
      return { value: read?.value ?? parse(undefined), problem: `${file}: ${(error as Error).message}` };
    }
  }
  return {
    read: () => now().value,
    problem: () => now().problem,
    write(text) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const partial = `${file}.${process.pid}.tmp`;
      writeFileSync(partial, text, { mode: 0o600 });
      renameSync(partial, file);
      // Read at once: it is the last good value when somebody breaks the file.
      now();
    },
    version: () => now().version,
  };
}

function versionOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : "";
}

function jsonOf(file: string): unknown {
  if (versionOf(file) === "") return undefined;
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`this is not JSON (${(error as Error).message}).`);
  }
}

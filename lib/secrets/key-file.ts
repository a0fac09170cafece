/**
 * The file with the keys of the secrets: outside the checkout, the data folder and every workspace, readable by its
 * owner only. It has the keys of each database that this user runs, so that rotating one database's key leaves the
 * others unchanged.
 *
 * A change writes a new file that replaces the old one in one rename, under a lock that the kernel releases when its
 * holder is killed, so a reader sees the file before or after the change.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { lockFile } from "@/lib/process/file-lock";
import { homeFolder } from "../process/home";
import { SecretError } from "./errors";

/** AES-256. */
export const KEY_BYTES = 32;
const MOST_BYTES = 1_000_000;
/**
 * What people outside the file's group may do with it: nothing. Kubernetes gives the rights of the group when it mounts
 * a volume (`fsGroup`), so Banyan takes those away again instead of refusing the file.
 */
const OTHERS = 0o007;
const GROUP = 0o070;
const OTHERS_WRITE = 0o002;
const GROUP_WRITE = 0o020;
const STICKY = 0o1000;

export interface Key {
  id: string;
  /** 32 bytes. */
  bytes: Buffer;
}

export interface KeyFile {
  file: string;
  /** Returns the keys of a database, newest first; none when the file is missing. Throws SecretError. */
  keys(database: string): Key[];
  /** Runs work while no other caller changes the file, in this process or another. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Creates a key, and the file at first use. Call it in `alone`. Throws SecretError. */
  add(database: string): Key;
  /** Keeps only these keys of the database. Returns how many were dropped. Call it in `alone`. */
  keep(database: string, ids: ReadonlySet<string>): number;
}

export interface KeyFileOptions {
  file: string;
  /** Folders that must not contain it, each with a description: `{ path: "/srv/data", what: "the data folder" }`. */
  outside: readonly { path: string; what: string }[];
}

const stored = z.strictObject({
  version: z.literal(1),
  keys: z.array(
    z.strictObject({
      id: z.string().regex(/^[0-9a-f]{16}$/),
      database: z.string().min(1),
      key: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
      created_at: z.string(),
    }),
  ),
});
type Stored = z.infer<typeof stored>;

/** Returns `$XDG_CONFIG_HOME/banyan/keys.json`, or the same path in `~/.config`. */
export function defaultKeyFile(env: Record<string, string | undefined>): string {
  const { XDG_CONFIG_HOME: config, HOME: home } = env;
  // The XDG standard ignores a relative path.
  const folder =
    config && path.isAbsolute(config) ? config : path.join(home || homeFolder() || "/nonexistent", ".config");
  return path.join(folder, "banyan", "keys.json");
}

/** Returns the key file without reading or creating it yet. */
export function createKeyFile(options: KeyFileOptions): KeyFile {
  const file = path.resolve(options.file);
  const read = (): Stored => {
    refusePlace(file, options.outside);
    return readKeys(file);
  };
  return {
    file,
    keys: (database) =>
      read()
        .keys.filter((key) => key.database === database)
        .reverse()
        .map(({ id, key }) => ({ id, bytes: Buffer.from(key, "base64") })),
    async alone(work) {
      refusePlace(file, options.outside);
      makeFolder(path.dirname(file));
      refusePlace(file, options.outside);
      const lock = await lockFile(`${file}.lock`, "exclusive", { wait: true }).catch((error: Error) => {
        throw new SecretError("unavailable", `The key file ${file} cannot be locked (${error.message}).`);
      });
      try {
        return await work();
      } finally {
        lock?.release();
      }
    },
    add(database) {
      const { version, keys } = read();
      const bytes = randomBytes(KEY_BYTES);
      const id = randomBytes(8).toString("hex");
      const key = { id, database, key: bytes.toString("base64"), created_at: new Date().toISOString() };
      writeKeys(file, { version, keys: [...keys, key] });
      return { id, bytes };
    },
    keep(database, ids) {
      const { version, keys } = read();
      const kept = keys.filter((key) => key.database !== database || ids.has(key.id));
      if (kept.length < keys.length) writeKeys(file, { version, keys: kept });
      return keys.length - kept.length;
    },
  };
}

/** Throws SecretError when tools, backups or other people can reach the file's place. */
function refusePlace(file: string, outside: KeyFileOptions["outside"]): void {
  const folder = realFolder(path.dirname(file));
  for (const { path: place, what } of outside) {
    const real = realFolder(path.resolve(place));
    if (folder === real || folder.startsWith(real === "/" ? "/" : `${real}/`))
      throw new SecretError(
        "unavailable",
        `The key file ${file} is in ${what}: move it elsewhere, and set BANYAN_KEY_FILE to its path.`,
      );
  }
  const found = statOf(folder);
  if (!found) return;
  const isSticky = (found.mode & STICKY) !== 0;
  const isForGroup = (found.mode & GROUP_WRITE) !== 0 && !isSticky;
  const isForOthers = (found.mode & OTHERS_WRITE) !== 0 && !isSticky;
  const isOwn = found.uid === ownUid();
  if (isForOthers || (isForGroup && !isOwn) || (!isOwn && found.uid !== 0))
    throw new SecretError(
      "unavailable",
      `The folder ${folder} of the key file can be written by others: restrict it with \`chmod 700\`, or set BANYAN_KEY_FILE to another place.`,
    );
  if (isForGroup) restrict(folder, () => fs.chmodSync(folder, found.mode & ~GROUP_WRITE & 0o7777));
}

/** Throws SecretError when the rights of the key file or its folder cannot be taken away. */
function restrict(place: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new SecretError(
      "unavailable",
      `The rights of the group to ${place} cannot be taken away (${codeOf(error)}): restrict it with \`chmod g-rwx\`.`,
    );
  }
}

/** Resolves links in the part of the path that exists. */
function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    const above = path.dirname(folder);
    return above === folder ? folder : path.join(realFolder(above), path.basename(folder));
  }
}

function statOf(file: string): fs.Stats | undefined {
  return fs.statSync(file, { throwIfNoEntry: false });
}

function ownUid(): number {
  return process.geteuid?.() ?? 0;
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SecretError(
      "unavailable",
      `The folder ${folder} for the key file cannot be created (${codeOf(error)}): set BANYAN_KEY_FILE to another place.`,
    );
  }
}

function readKeys(file: string): Stored {
  let fd: number;
  try {
    // Non-blocking, because opening a named pipe would wait.
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { version: 1, keys: [] };
    const isLink = codeOf(error) === "ELOOP";
    const why = isLink ? "is a symbolic link: replace it with the file itself" : `cannot be read (${codeOf(error)})`;
    throw new SecretError("unavailable", `The key file ${file} ${why}.`);
  }
  try {
    const found = fs.fstatSync(fd);
    refuseLoose(file, found);
    if ((found.mode & GROUP) !== 0) restrict(file, () => fs.fchmodSync(fd, 0o600));
    return parse(file, fs.readFileSync(fd, "utf8"));
  } finally {
    fs.closeSync(fd);
  }
}

function refuseLoose(file: string, found: fs.Stats): void {
  const { mode, uid, size } = found;
  const refuse = (why: string): never => {
    throw new SecretError("unavailable", `The key file ${file} ${why}.`);
  };
  if (!found.isFile()) refuse("is not a file: restore Banyan's key file there, or move this away");
  if (uid !== ownUid()) refuse("belongs to another user: make it yours with `chown`");
  if ((mode & OTHERS) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, "0");
    refuse(`can be read or written by others (mode ${shown}): restrict it with \`chmod 600 ${file}\``);
  }
  if (size > MOST_BYTES) refuse("is too large for a key file: restore it from a backup");
}

function parse(file: string, text: string): Stored {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = stored.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SecretError(
    "unavailable",
    `The key file ${file} is damaged: restore it from a backup; without it the secrets cannot be read and have to be set again.`,
  );
}

/** Flushes the new file to disk before it replaces the old one. */
function writeKeys(file: string, keys: Stored): void {
  const incoming = `${file}.incoming`;
  try {
    // Left by a killed process; the lock excludes a second writer.
    fs.rmSync(incoming, { force: true });
    const fd = fs.openSync(incoming, "wx", 0o600);
    try {
      fs.fchmodSync(fd, 0o600);
      fs.writeFileSync(fd, `${JSON.stringify(keys, null, 2)}\n`);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(incoming, file);
    syncFolder(path.dirname(file));
  } catch (error) {
    fs.rmSync(incoming, { force: true });
    throw new SecretError(
      "unavailable",
      `The key file ${file} cannot be written (${codeOf(error)}): free some disk space, or make its folder writable for this user.`,
    );
  }
}

function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, fs.constants.O_RDONLY);
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}

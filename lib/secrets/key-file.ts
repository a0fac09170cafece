/**
 * The file that holds the keys of the secrets: outside the checkout, the data folder and every workspace, readable by its
 * owner only. It holds the keys of each database that this user runs, so that a rotation of one leaves the others alone.
 *
 * A change is a new file that takes the old one's place at once, made under a lock that the kernel gives back when its
 * holder is killed: whoever reads sees the file before the change or after it.
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
/** Who else than the owner may do what: nobody anything. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

export interface Key {
  id: string;
  /** 32 bytes. */
  bytes: Buffer;
}

export interface KeyFile {
  file: string;
  /** The keys of a database, the newest first; none when the file is not there. Throws SecretError. */
  keys(database: string): Key[];
  /** Nobody else changes the file meanwhile, in this process or another. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Makes a key, and the file at first need. Call it in `alone`. Throws SecretError. */
  add(database: string): Key;
  /** Keeps those keys of the database only. Returns how many were dropped. Call it in `alone`. */
  keep(database: string, ids: ReadonlySet<string>): number;
}

export interface KeyFileOptions {
  file: string;
  /** Folders in which it may not lie, each with what it is: `{ path: "/srv/data", what: "the data folder" }`. */
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

/** `$XDG_CONFIG_HOME/banyan/keys.json`, or in `~/.config`. */
export function defaultKeyFile(env: Record<string, string | undefined>): string {
  const { XDG_CONFIG_HOME: config, HOME: home } = env;
  // The standard says that a relative one counts as none.
  const folder =
    config && path.isAbsolute(config) ? config : path.join(home || homeFolder() || "/nonexistent", ".config");
  return path.join(folder, "banyan", "keys.json");
}

/** Nothing is read or made yet. */
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

/** Throws SecretError when the file lies, or would lie, where tools, backups or other people reach it. */
function refusePlace(file: string, outside: KeyFileOptions["outside"]): void {
  const folder = realFolder(path.dirname(file));
  for (const { path: place, what } of outside) {
    const real = realFolder(path.resolve(place));
    if (folder === real || folder.startsWith(real === "/" ? "/" : `${real}/`))
      throw new SecretError(
        "unavailable",
        `The key file ${file} lies in ${what}: move it elsewhere, and name it with BANYAN_KEY_FILE.`,
      );
  }
  const found = lookAt(folder);
  if (!found) return;
  const isShared = (found.mode & OTHERS_WRITE) !== 0 && (found.mode & STICKY) === 0;
  if (isShared || (found.uid !== ownUid() && found.uid !== 0))
    throw new SecretError(
      "unavailable",
      `The folder ${folder} of the key file can be written by others: make it yours alone with \`chmod 700\`, or name another place with BANYAN_KEY_FILE.`,
    );
}

/** With its links followed, as far as it is there. */
function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    const above = path.dirname(folder);
    return above === folder ? folder : path.join(realFolder(above), path.basename(folder));
  }
}

function lookAt(file: string): fs.Stats | undefined {
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
      `The folder ${folder} for the key file cannot be made (${codeOf(error)}): name another place with BANYAN_KEY_FILE.`,
    );
  }
}

function readKeys(file: string): Stored {
  let fd: number;
  try {
    // A named pipe must not keep whoever opens it waiting.
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { version: 1, keys: [] };
    const isLink = codeOf(error) === "ELOOP";
    const why = isLink ? "is a symbolic link: put the file itself there" : `cannot be read (${codeOf(error)})`;
    throw new SecretError("unavailable", `The key file ${file} ${why}.`);
  }
  try {
    refuseLoose(file, fs.fstatSync(fd));
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
  if (!found.isFile()) refuse("is no file: put the file that Banyan made there, or move it away");
  if (uid !== ownUid()) refuse("belongs to another user: make it yours with `chown`");
  if ((mode & OTHERS) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, "0");
    refuse(`may be read or written by others (mode ${shown}): close it with \`chmod 600 ${file}\``);
  }
  if (size > MOST_BYTES) refuse("is too large to be one: put it back from a backup");
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
    `The key file ${file} is damaged: put it back from a backup; without it the secrets cannot be read and have to be set anew.`,
  );
}

/** On disk before it takes the old one's place. */
function writeKeys(file: string, keys: Stored): void {
  const incoming = `${file}.incoming`;
  try {
    // Of somebody who was killed: there is no other one now.
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
      `The key file ${file} cannot be written (${codeOf(error)}): free some space, or make its folder writable for this user.`,
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

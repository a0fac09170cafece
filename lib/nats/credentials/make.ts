/** Keys of a cell's users, in the folder `nats` of its data. */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createUser } from "@nats-io/nkeys";
import { z } from "zod";
import { tryLockFile } from "../../process/file-lock";
import { NatsError } from "../errors";
import { isName } from "../names";
import { accountsOf, type CellUsers } from "./accounts";
import { keyText, readKeyFile } from "./key-file";
import { poolsShape, USERS } from "./pools";
import { serverFile } from "./server-file";

const SERVER_KEY = "server.nk";
const SERVER_FILE = "nats-server.conf";
const LOCK = "lock";
const SECRET_MODE = 0o600;
const PUBLIC_MODE = 0o644;
/** The user of the server itself. */
const SERVER = "server";
const USUAL_POOL = "default";

const publicKey = z.string().regex(/^U[A-Z2-7]{55}$/);
const usersShape = z.object({
  cell: z.string().refine(isName),
  server: publicKey,
  runners: z.record(z.string().refine(isName), publicKey),
  pools: poolsShape,
});

/** Paths are absolute. */
export interface MadeCredentials {
  /** `kept`: the runner had this key before. */
  state: "made" | "kept" | "renewed";
  cell: string;
  /** The only pool that the runner can enter. Null: its key is of a release in which it named its pool itself. */
  pool: string | null;
  /** The runner's secret key. Null: it was kept, and its file is not here any more. */
  keyFile: string | null;
  accountsFile: string;
  serverFile: string;
}

interface Wanted {
  /** Of this cell's data. */
  dataDir: string;
  runner: string;
  /** Absent: the cell that the folder has, or `main`. */
  cell?: string;
  /** Absent: the pool that its key has, or `default` for a new one. */
  pool?: string;
  renew?: boolean;
}

/** Makes what is missing, and writes the users' file anew. Throws NatsError when a name or a file is wrong. */
export function makeCredentials({ dataDir, runner, cell, pool, renew = false }: Wanted): MadeCredentials {
  const folder = path.join(dataDir, "nats");
  refuseName(runner, "runner");
  if (runner === SERVER)
    throw new NatsError("wrong-settings", "The name server is the server's own: choose another one for the runner.");
  if (cell !== undefined) refuseName(cell, "cell");
  if (pool !== undefined) refuseName(pool, "pool");
  return alone(folder, () => {
    const users = usersIn(folder, cell);
    const had = users.runners[runner];
    const keyFile = path.join(folder, `runner-${runner}.nk`);
    const isKept = had !== undefined && !renew;
    const named = pool ?? (had === undefined ? USUAL_POOL : users.pools[runner]);
    if (named !== undefined) users.pools[runner] = named;
    if (!isKept) users.runners[runner] = writeKey(keyFile, users.cell, runner, named);
    else if (existsSync(keyFile)) writeWhole(keyFile, keyText({ ...readKeyFile(keyFile), pool: named }), SECRET_MODE);
    return {
      state: isKept ? "kept" : had === undefined ? "made" : "renewed",
      cell: users.cell,
      pool: named ?? null,
      keyFile: existsSync(keyFile) ? keyFile : null,
      ...writeUsers(folder, users),
    };
  });
}

/** Removes the runner's key. Returns null when there is no such runner. Throws NatsError. */
export function removeCredentials(
  dataDir: string,
  runner: string,
): Pick<MadeCredentials, "cell" | "accountsFile"> | null {
  const folder = path.join(dataDir, "nats");
  if (!existsSync(folder)) return null;
  return alone(folder, () => {
    const users = readUsers(path.join(folder, USERS));
    if (users === null || users.runners[runner] === undefined) return null;
    delete users.runners[runner];
    delete users.pools[runner];
    rmSync(path.join(folder, `runner-${runner}.nk`), { force: true });
    return { cell: users.cell, accountsFile: writeUsers(folder, users).accountsFile };
  });
}

/** Two commands at once would each write a list without the other's runner. Throws NatsError while another one works. */
function alone<T>(folder: string, change: () => T): T {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new NatsError(
      "wrong-settings",
      `The folder ${folder} cannot be made (${code}): name a data folder that you may write, with --data.`,
    );
  }
  const lock = tryLockFile(path.join(folder, LOCK));
  if (lock === null)
    throw new NatsError(
      "wrong-settings",
      "Another command changes the keys of runners now: wait until it ends, then try again.",
    );
  try {
    return change();
  } finally {
    lock.release();
  }
}

type Users = CellUsers & { runners: Record<string, string>; pools: Record<string, string> };

function usersIn(folder: string, cell: string | undefined): Users {
  const known = readUsers(path.join(folder, USERS));
  if (known === null) {
    const name = cell ?? "main";
    return { cell: name, server: writeKey(path.join(folder, SERVER_KEY), name, SERVER), runners: {}, pools: {} };
  }
  if (cell !== undefined && cell !== known.cell)
    throw new NatsError(
      "wrong-settings",
      `This data folder is the cell ${known.cell}, and its runners have keys for it: leave out --cell, or use another data folder.`,
    );
  return known;
}

function readUsers(file: string): Users | null {
  if (!existsSync(file)) return null;
  try {
    return usersShape.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new NatsError(
      "wrong-settings",
      `The file ${file} is damaged: restore it from a backup, or remove it to make all keys anew.`,
    );
  }
}

/** Writes the list, the users' file of nats-server, and the file of the server itself where a person has not changed it. */
function writeUsers(folder: string, users: Users): Pick<MadeCredentials, "accountsFile" | "serverFile"> {
  const name = `banyan-${users.cell}.conf`;
  const accountsFile = path.join(folder, name);
  const configuration = path.join(folder, SERVER_FILE);
  writeWhole(path.join(folder, USERS), `${JSON.stringify(users, null, 2)}\n`, SECRET_MODE);
  writeWhole(accountsFile, `# Written by Banyan. Changes are lost.\n${accountsOf(users)}`, PUBLIC_MODE);
  if (!existsSync(configuration)) writeWhole(configuration, serverFile(name), PUBLIC_MODE);
  return { accountsFile, serverFile: configuration };
}

/** Returns the public key. */
function writeKey(file: string, cell: string, user: string, pool?: string): string {
  const pair = createUser();
  writeWhole(file, keyText({ cell, user, pool, seed: new TextDecoder().decode(pair.getSeed()) }), SECRET_MODE);
  return pair.getPublicKey();
}

/** Written to a new file first: writing in place would follow a link, and keep the mode of an existing file. */
function writeWhole(file: string, text: string, mode: number): void {
  const part = `${file}.${randomUUID()}`;
  writeFileSync(part, text, { mode, flag: "wx" });
  renameSync(part, file);
}

function refuseName(name: string, what: "runner" | "cell" | "pool"): void {
  if (!isName(name))
    throw new NatsError(
      "wrong-settings",
      `The name of a ${what} has 1 to 40 small letters, digits and "-", and begins and ends with a letter or digit: choose such a name.`,
    );
}

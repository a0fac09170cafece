/** Files with the secret key of one user: who it is, and an nkey's seed, which other NATS tools find in it too. */
import { readFileSync } from "node:fs";
import { NatsError } from "../errors";
import { isName } from "../names";

export interface KeyFile {
  cell: string;
  /** A runner's name, or "server". */
  user: string;
  /** The pool that the key is for. Undefined: it names none. The list of users on the server decides. */
  pool?: string | undefined;
  seed: string;
}

const SEED = /^SU[A-Z2-7]{56}$/;

export function keyText({ cell, user, pool, seed }: KeyFile): string {
  const poolLine = pool === undefined ? "" : `pool ${pool}\n`;
  return `# A secret key for NATS, made by Banyan. Whoever has it can act as this user.\ncell ${cell}\nuser ${user}\n${poolLine}${seed}\n`;
}

/** Throws NatsError when the file cannot be read, or is none of these. */
export function readKeyFile(file: string): KeyFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new NatsError(
      "wrong-settings",
      `The key file ${file} cannot be read (${code}): copy it from the server's data folder.`,
    );
  }
  const lines = text.split("\n").map((line) => line.trim());
  const lineOf = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? "";
  const pool = lineOf("pool");
  const found: KeyFile = {
    cell: lineOf("cell"),
    user: lineOf("user"),
    ...(isName(pool) && { pool }),
    seed: lines.find((line) => SEED.test(line)) ?? "",
  };
  if (!isName(found.cell) || !isName(found.user) || found.seed === "")
    throw new NatsError(
      "wrong-settings",
      `The file ${file} is no key file of a runner: make one with npx banyan runner credentials.`,
    );
  return found;
}

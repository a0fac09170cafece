/**
 * What `acp` keeps of a session, in a file of the data folder: which tree it is, and which prompts have no answer yet.
 * A prompt is written down before it is sent, so that a repeated prompt after a crash starts nothing twice.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const sentPrompt = z.object({
  /** Makes the prompt's `Idempotency-Key`. */
  number: z.number(),
  text: z.string(),
  /** The path of the API to which it is posted, and the body. */
  path: z.string(),
  body: z.record(z.string(), z.unknown()),
  isAccepted: z.boolean(),
});

const keptSession = z.object({
  id: z.string(),
  cwd: z.string(),
  tree: z.string().nullable(),
  title: z.string().nullable(),
  /** How many prompts were sent so far. */
  count: z.number(),
  /** Prompts whose turn has not been answered. */
  open: z.array(sentPrompt),
  updatedAt: z.string(),
});

export type SentPrompt = z.infer<typeof sentPrompt>;
export type KeptSession = z.infer<typeof keptSession>;

const ID = /^[0-9a-f-]{36}$/;

export interface SessionFiles {
  read(id: string): KeptSession | null;
  write(session: KeptSession): void;
  /** Sorted by last use, the newest first. */
  list(): KeptSession[];
}

export function sessionFiles(dataDir: string): SessionFiles {
  const folder = join(dataDir, "acp");
  const read = (id: string) => {
    try {
      return keptSession.parse(JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8")));
    } catch {
      return null;
    }
  };
  return {
    read: (id) => (ID.test(id) ? read(id) : null),
    write(session) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `${session.id}.json`);
      writeFileSync(`${file}.new`, `${JSON.stringify(session)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    list() {
      const ids = namesIn(folder).flatMap((name) => (name.endsWith(".json") ? name.slice(0, -5) : []));
      const sessions = ids.flatMap((id) => (ID.test(id) ? (read(id) ?? []) : []));
      return sessions.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Stores how e-mail is sent. The password is a secret of the vault. */
import type { WebhookEvent } from "@/core/shapes/webhooks";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

interface StoredMail {
  url: string;
  from: string;
  to: string[];
  events: WebhookEvent[];
  by: string;
  /** When e-mail was set up: a change of it loses no news of before. */
  atMs: number;
}

export interface MailStore {
  read(): StoredMail | null;
  set(mail: Omit<StoredMail, "atMs">): Promise<void>;
  /** Resolves with false when there is none. */
  remove(): Promise<boolean>;
}

const FACT = "mail";

export function createMailStore(sqlite: Sqlite, log: Writes): MailStore {
  const facts = createFacts(sqlite);
  const read = () => JSON.parse(facts.read(FACT) ?? "null") as StoredMail | null;
  return {
    read,
    set: (mail) =>
      log.write(({ nowMs }) => facts.write(FACT, JSON.stringify({ ...mail, atMs: read()?.atMs ?? nowMs }))),
    remove: () =>
      log.write(() => {
        const isSet = read() !== null;
        facts.write(FACT, "null");
        return isSet;
      }),
  };
}

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
  /**
   * Also drops the messages that wait, with this answer, so that nobody who is set later gets them. Resolves with false when
   * there is none.
   */
  remove(answer: string): Promise<boolean>;
}

/** The name of e-mail among the receivers of messages. */
export const MAIL = "mail";

const FACT = "mail";

export function createMailStore(sqlite: Sqlite, log: Writes): MailStore {
  const facts = createFacts(sqlite);
  const dropWaiting = sqlite.prepare(`
    UPDATE webhook_deliveries SET status = 'dropped', answer = ?
    WHERE webhook = '${MAIL}' AND status = 'waiting'`);
  const read = () => JSON.parse(facts.read(FACT) ?? "null") as StoredMail | null;
  return {
    read,
    set: (mail) =>
      log.write(({ nowMs }) => facts.write(FACT, JSON.stringify({ ...mail, atMs: read()?.atMs ?? nowMs }))),
    remove: (answer) =>
      log.write(() => {
        const isSet = read() !== null;
        facts.write(FACT, "null");
        dropWaiting.run(answer);
        return isSet;
      }),
  };
}

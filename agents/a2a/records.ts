/** Keeps tasks of other agents: without secrets in their messages, and with the secrets of their addresses encrypted. */
import { generateKeyPairSync } from "node:crypto";
import { UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import { checkAddress } from "@/agents/webhooks/address";
import type { A2aPush, A2aPushSecret, A2aRecords } from "@/core/a2a/records";
import { offeredSkills } from "@/core/a2a/skills";
import type { Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import { newId } from "@/lib/new-id";
import { SecretError } from "@/lib/secrets/errors";

export interface A2aSources {
  store: Pick<Store, "a2a">;
  security: Pick<Security, "vault" | "redactor">;
  settings: Pick<Settings, "privateHosts">;
}

const CARD_KEY = "a2a/card-key";
const PUSH_SECRETS = "a2a/push/";
const MOST_PUSHES = 10;
const MOST_SUBJECT_CHARACTERS = 100;
/** Who changed a secret, for the list of secrets. */
const BY = "Banyan";

/** Dependencies that only the records themselves need. */
interface RecordSources extends A2aSources {
  store: Pick<Store, "a2a" | "queries" | "audit">;
  configuration: Pick<Configuration, "agents">;
}

export function createA2aRecords(sources: RecordSources): A2aRecords {
  const { store, security, settings } = sources;
  const { a2a } = store;
  let making: Promise<string> | null = null;
  return {
    task: a2a.task,
    list: a2a.list,
    message: a2a.message,
    // The root comes first, with the setup that it began with: repeated messages get the same kind of answer.
    answersWithMessage: (id) => store.queries.setups.ofTree(id)[0]?.setup.a2aAnswer === "message",
    messages: a2a.messages,
    questions: a2a.questions,
    keep: (owner, message, begins) =>
      a2a.keep(owner, { ...message, body: redacted(message.body, security.redactor.redact) }, begins),
    redact: (text) => security.redactor.redact(text),
    keepMcpTask: a2a.keepMcpTask,
    mcpTask: a2a.mcpTask,
    done: a2a.done,
    refuse: a2a.refuse,
    pushes: a2a.pushes,
    secretOf: ({ uid, hasSecret }) => (hasSecret ? readSecret(security, uid) : null),
    addPush: (id, push, by) => addPush(sources, id, push, by),
    removePush: async (id, name, by) => {
      const found = a2a.pushes(id).find((push) => push.name === name);
      if (!found) return;
      await a2a.removePush(found.uid);
      await audited(sources, { action: "removePush", by, push: found });
      if (found.hasSecret) await security.vault.remove(secretNameOf(found.uid)).catch(() => {});
    },
    async checkPush(id, { name, url }) {
      await checkAddress(url, settings.privateHosts);
      if (id !== null) mustHaveRoom(a2a.pushes(id), name);
    },
    skills: () => offeredSkills(sources.configuration.agents()),
    cardKey() {
      making ??= cardKey(security).finally(() => {
        making = null;
      });
      return making;
    },
  };
}

/** Removes the secrets of addresses that are gone with their tree. */
export async function forgetPushSecrets({ store, security }: A2aSources): Promise<void> {
  const names = security.vault.list().map(({ name }) => name);
  const used = new Set(store.a2a.pushUids().map(secretNameOf));
  for (const name of names.filter((name) => name.startsWith(PUSH_SECRETS) && !used.has(name)))
    await security.vault.remove(name).catch(() => {});
}

function secretNameOf(uid: string): string {
  return `${PUSH_SECRETS}${uid}`;
}

/** Returns null also for a secret that cannot be read: the receiver then refuses the message, which is tried again. */
export function readSecret({ vault }: Pick<Security, "vault">, uid: string): A2aPushSecret | null {
  try {
    return JSON.parse(vault.get(secretNameOf(uid)) ?? "null") as A2aPushSecret | null;
  } catch {
    return null;
  }
}

async function addPush(
  sources: RecordSources,
  id: string,
  { name, url, secret }: { name: string; url: string; secret: A2aPushSecret | null },
  by: string,
): Promise<void> {
  const { store, security, settings } = sources;
  await checkAddress(url, settings.privateHosts);
  const known = store.a2a.pushes(id);
  mustHaveRoom(known, name);
  const found = known.find((push) => push.name === name);
  const uid = found?.uid ?? newId();
  // Before the address, so that no message is sent without the secret.
  if (secret) await inOneSentence(() => security.vault.set(secretNameOf(uid), JSON.stringify(secret), BY));
  await store.a2a.addPush({ uid, task: id, name, url, hasSecret: secret !== null });
  // A message that is sent again names its address again.
  if (found?.url !== url) await audited(sources, { action: "addPush", by, push: { task: id, name, url } });
}

function mustHaveRoom(known: readonly A2aPush[], name: string | null): void {
  if (known.length >= MOST_PUSHES && !known.some((push) => push.name === name))
    throw new UserError("invalid", `The task already tells ${MOST_PUSHES} addresses: remove an unused one first.`);
}

/** The address's host only: its path may hold a secret. */
async function audited(
  { store, security: { redactor } }: RecordSources,
  {
    action,
    by,
    push: { task, name, url },
  }: { action: string; by: string; push: Pick<A2aPush, "task" | "name" | "url"> },
): Promise<void> {
  const detail = JSON.stringify({ outcome: "done", host: URL.parse(url)?.host ?? "" });
  const subject = redactor.redact(name).slice(0, MOST_SUBJECT_CHARACTERS);
  await store.audit.append([{ actor: by, action, subject, tree: task, detail }]);
}

async function cardKey({ vault }: Pick<Security, "vault">): Promise<string> {
  const known = await inOneSentence(async () => vault.get(CARD_KEY));
  if (known !== null) return known;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await inOneSentence(() => vault.set(CARD_KEY, JSON.stringify(privateKey.export({ format: "jwk" })), BY));
  // Read back, because another process may have stored its own meanwhile.
  return vault.get(CARD_KEY) ?? "";
}

async function inOneSentence<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SecretError ? new UserError("unavailable", error.message) : error;
  }
}

function redacted(json: string, redact: (text: string) => string): string {
  return JSON.stringify(JSON.parse(json, (_, value) => (typeof value === "string" ? redact(value) : value)));
}

/**
 * Lists a provider's models, which is the cheapest request that shows whether a key works. An admin may name a server
 * on this machine or its network, but no link-local address, because clouds keep their metadata there.
 */
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { bareHost, isOwnAddress, isPublicAddress } from "../net/address";
import { checkHost, type HostAddress, type LookUp, pinnedLookup } from "../net/check";
import { hostOf } from "../net/host-list";
import { deadline } from "../time/deadline";
import { AwsError } from "./aws/credential-sources";
import { type ListedModel, listedModel } from "./listed-model";
import { redact } from "./protocols/errors";
import type { ProviderAccess } from "./protocols/model-provider";
import { PROVIDERS, type ProviderName } from "./providers/table";

export interface NamedAccess extends ProviderAccess {
  provider: ProviderName;
}

export interface TestedProvider {
  ok: boolean;
  /** How many models were found, or what to do. */
  sentence: string;
  /** `provider/model` names, as tasks use them. */
  models: string[];
}

export type AnsweredList = { ok: true; listed: ListedModel[] } | { ok: false; sentence: string };

interface Answer {
  status: number;
  text: string;
}

const TIMEOUT_MS = 20_000;
const MOST_BYTES = 2_000_000;
const MOST_MODELS = 300;

export async function testAccess(access: NamedAccess, lookUp?: LookUp): Promise<TestedProvider> {
  const { provider, key, baseUrl } = access;
  const answer = await askForModels(access, { lookUp });
  if (!answer.ok) return { ok: false, sentence: answer.sentence, models: [] };
  const { label, list } = PROVIDERS[provider];
  const ids = answer.listed.map(({ id }) => id);
  const usable = baseUrl ? ids : ids.filter((id) => list.isForTasks?.(id) ?? true);
  const models = usable.slice(0, MOST_MODELS).map((id) => `${provider}/${id}`);
  const what = models.length === 1 ? "1 model" : `${models.length} models`;
  return { ok: true, sentence: `${label} ${key ? "accepts the key" : "answers"}: ${what}.`, models };
}

/** Asks a provider for its list of models, or says in one sentence why there is none. Never rejects. */
export async function askForModels(
  access: NamedAccess,
  { lookUp, signal }: { lookUp?: LookUp; signal?: AbortSignal } = {},
): Promise<AnsweredList> {
  const facts = PROVIDERS[access.provider];
  const fail = (sentence: string): AnsweredList => ({ ok: false, sentence });
  const base = access.baseUrl ?? facts.addressFor?.(access) ?? facts.address;
  const fault = addressFault(base);
  if (fault) return fail(fault);
  const root = base.replace(/\/+$/, "");
  const lists: AnsweredList[] = [];
  for (const address of [facts.list.address(root), ...(facts.list.further?.(root) ?? [])]) {
    const answer = await askAt(access, new URL(address), { lookUp, signal });
    if (!answer.ok) return answer;
    lists.push(answer);
  }
  return { ok: true, listed: lists.flatMap((list) => (list.ok ? list.listed : [])) };
}

async function askAt(
  access: NamedAccess,
  url: URL,
  { lookUp, signal }: { lookUp?: LookUp; signal?: AbortSignal },
): Promise<AnsweredList> {
  const facts = PROVIDERS[access.provider];
  const fail = (sentence: string): AnsweredList => ({ ok: false, sentence });
  const host = bareHost(url.hostname);
  const checked = await addressesOf(url, lookUp);
  if (checked === "unknown") return fail(`The host ${host} cannot be found: check the address and the network.`);
  if (checked === "refused")
    return fail(`${host} is blocked: use a public address, or one on this machine or its own network.`);
  let answer: Answer;
  try {
    answer = await get(url, await headersFor(access, url), checked, signal);
  } catch (error) {
    if (error instanceof AwsError) return fail(error.message);
    const why = (error as NodeJS.ErrnoException).code ?? "no answer";
    const start = facts.startHint ? `${facts.startHint}, or correct the address` : "check the address";
    return fail(`${facts.label} does not answer at ${url.origin} (${why}): ${start}.`);
  }
  return read(access, answer, url);
}

async function headersFor(access: NamedAccess, url: URL): Promise<Record<string, string>> {
  const { list } = PROVIDERS[access.provider];
  if (access.key) return list.headers(access.key);
  return (await list.sign?.(url, access)) ?? {};
}

/** Returns what is wrong with the text of an address, or null when it is valid. */
export function addressFault(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return "Not an address: start with https:// or http://.";
  if (url.username || url.password) return "The address contains a user name or a password: remove them.";
  return url.search || url.hash ? "The address has a query or a fragment: remove everything from ? or # on." : null;
}

async function addressesOf(url: URL, lookUp?: LookUp): Promise<readonly HostAddress[] | "unknown" | "refused"> {
  const host = bareHost(url.hostname);
  // The host is on its own allow-list below, so a literal address has to be checked here.
  if (net.isIP(host) && !isPublicAddress(host) && !isOwnAddress(host)) return "refused";
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const checked = await checkHost({ host, port }, { privateHosts: [hostOf(url.href) ?? ""], lookUp });
  if ("addresses" in checked) return checked.addresses;
  return checked.problem === "unknown" ? "unknown" : "refused";
}

/** Connects to the checked addresses only. Redirects are not followed, because the key must not reach another host. */
function get(
  url: URL,
  headers: Record<string, string>,
  addresses: readonly HostAddress[],
  cut = new AbortController().signal,
): Promise<Answer> {
  const { request } = url.protocol === "https:" ? https : http;
  const limit = deadline(cut, TIMEOUT_MS);
  return new Promise<Answer>((resolve, reject) => {
    const options = { headers, lookup: pinnedLookup(addresses), agent: false, signal: limit.signal };
    const asked = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) asked.destroy(Object.assign(new Error("too much"), { code: "too large an answer" }));
        else chunks.push(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  }).finally(limit.end);
}

function read({ provider, key, baseUrl }: NamedAccess, { status, text }: Answer, url: URL): AnsweredList {
  const { label, keyStart, address, list } = PROVIDERS[provider];
  const fail = (sentence: string): AnsweredList => ({ ok: false, sentence: redact(sentence, key ? [key] : []) });
  const reason = messageIn(text);
  const quoted = reason ? `: “${reason}”` : "";
  if (status === 401 || status === 403) {
    if (!key && list.sign)
      return fail(`${label} refused the credentials${quoted}. Check them, and that they may list models.`);
    if (!key) return fail(`${label} at ${url.origin} needs a key${quoted}.`);
    const start = keyStart && !baseUrl ? `; keys start with ${keyStart}` : "";
    return fail(`${label} refused the key${quoted}. Copy it again from the provider's console${start}.`);
  }
  const listed = status === 200 ? modelsIn(text, provider) : null;
  if (!listed) {
    const hint = url.href === list.address(address) ? "" : (list.addressHint ?? "");
    return fail(`There is no list of models at ${url.href} (status ${status})${quoted}: check the address${hint}.`);
  }
  return { ok: true, listed };
}

/** Returns the provider's error message. Any other body is ignored, because it may come from an unrelated server. */
function messageIn(text: string): string {
  try {
    const { error, message: own } = JSON.parse(text) as { error?: { message?: unknown } | string; message?: unknown };
    const message = typeof error === "object" ? error?.message : (error ?? own);
    return typeof message === "string" ? message.replace(/\s+/g, " ").trim().replace(/\.$/, "").slice(0, 200) : "";
  } catch {
    return "";
  }
}

function modelsIn(text: string, provider: ProviderName): ListedModel[] | null {
  try {
    const body = JSON.parse(text) as { data?: unknown };
    const data = PROVIDERS[provider].list.entries?.(body) ?? body.data;
    return Array.isArray(data) ? data.flatMap(listedModel) : null;
  } catch {
    return null;
  }
}

/** Sends a request on to the provider, with the key that only this process has. */
import type { IncomingHttpHeaders } from "node:http";
import { APICallError } from "@ai-sdk/provider";
import type { ModelError } from "@/core/log/model";
import { parseModel } from "@/lib/models/model-name";
import { addressProblem, type CallSite, modelErrorOf, redact } from "@/lib/models/protocols/errors";
import { PROVIDERS, type ProviderName, type ProviderSettings, providerNamed } from "@/lib/models/providers/table";
import { capped } from "@/lib/net/capped-body";
import type { Asked, WireForm } from "./forms/form";
import type { Refusal } from "./refusals";

export interface Target {
  model: string;
  label: string;
  address: string;
  headers: Record<string, string>;
  site: CallSite;
}

/** Returns where a request goes: to the provider of the allowed model that it names. */
export function targetOf(
  form: WireForm,
  asked: Asked,
  allowed: readonly string[],
  access: ProviderSettings,
  given: IncomingHttpHeaders,
): Target | { refusal: Refusal } {
  const name = modelFor(form, asked.model, allowed);
  if (name === null) return { refusal: unfit(form, asked, allowed) };
  const settings = access[name.provider] ?? {};
  const provider = PROVIDERS[name.provider];
  const { label } = provider;
  const base = settings.baseUrl ?? provider.address;
  const model = `${name.provider}/${name.model}`;
  const site: CallSite = { ...provider, baseUrl: base, model, secrets: settings.key ? [settings.key] : [] };
  if (provider.missing(settings, true) !== null || addressProblem(site) !== undefined)
    return { refusal: { code: "not_set_up", label } };
  const headers = {
    ...form.headers(settings, given),
    "content-type": "application/json",
    accept: asked.isStream ? "text/event-stream" : "application/json",
  };
  return { model, label, address: form.address(base, asked, name), headers, site };
}

/** A model has the same name with several providers, so only those that speak the form count. */
function modelFor(form: WireForm, asked: string, allowed: readonly string[]) {
  for (const allowedModel of allowed) {
    const { provider = "", model = "" } = parseModel(allowedModel) ?? {};
    const name: ProviderName | null = providerNamed(provider);
    if (name !== null && form.providers.includes(name) && (asked === model || asked === allowedModel))
      return { provider: name, model };
  }
  return null;
}

/** A name that fits none of the models in this protocol, or a protocol that none of them speaks. */
function unfit({ label, providers }: WireForm, asked: Asked, allowed: readonly string[]): Refusal {
  const speaks = allowed.some((model) => providers.some((provider) => provider === parseModel(model)?.provider));
  return speaks
    ? { code: "model", asked: shownName(asked.model), allowed }
    : { code: "protocol", form: label, providers, allowed };
}

function shownName(model: string): string {
  return model.replace(/[^\w./:-]/g, "?").slice(0, 80);
}

const ANSWER_CAPS = { mostBytes: 64_000_000, mostLineBytes: 16_000_000 };
const ERROR_CAPS = { mostBytes: 256_000, cuts: true };

/** Sends the request. A redirect is an answer like any other, so that the key goes nowhere else. */
export async function send(target: Target, body: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(target.address, {
    method: "POST",
    headers: target.headers,
    body,
    signal,
    redirect: "manual",
  });
  return capped(response, response.ok ? ANSWER_CAPS : ERROR_CAPS);
}

const UNSENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.+|.*CERT.*|UNABLE_TO_.+)$/;

/** Returns whether a request failed before its first byte was sent. */
export function isUnsent(error: Error): boolean {
  const causes = [error.cause, ...(error.cause instanceof AggregateError ? error.cause.errors : [])];
  return causes.some((cause) => UNSENT.test(String((cause as { code?: unknown } | undefined)?.code)));
}

export interface ProviderRefusal {
  failure: ModelError;
  /** The provider's words, without the key. */
  text: string;
}

/** Reads an answer that is no success. */
export async function refusalIn(target: Target, response: Response): Promise<ProviderRefusal> {
  const text = await response.text().catch(() => "");
  const error = new APICallError({
    message: "refused",
    url: target.address,
    requestBodyValues: {},
    statusCode: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody: text,
  });
  return { failure: modelErrorOf(error, target.site, false, Date.now()), text: redact(text, target.site.secrets) };
}

/** What the agent gets of the answer's headers. The others tell about the account. */
const PASSED =
  /^(?:content-type|retry-after|retry-after-ms|x-should-retry|request-id|x-request-id|anthropic-ratelimit-.+|x-ratelimit-.+)$/;

export function passedHeaders(response: Response): Record<string, string> {
  return Object.fromEntries([...response.headers].filter(([name]) => PASSED.test(name)));
}

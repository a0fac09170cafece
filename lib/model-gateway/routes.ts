/** The addresses that the gateway has. Everything else is not there. */
import { chat } from "./forms/chat";
import type { WireForm } from "./forms/form";
import { generate } from "./forms/generate";
import { messages } from "./forms/messages";
import { responses } from "./forms/responses";

export interface Route {
  form: WireForm;
  /** `count`: estimates the tokens of a request, without asking the provider. */
  does: "generate" | "count" | "list";
  path: { model?: string; isStream?: boolean };
}

const POSTS: Record<string, Pick<Route, "form" | "does">> = {
  "/v1/messages": { form: messages, does: "generate" },
  "/v1/messages/count_tokens": { form: messages, does: "count" },
  "/v1/responses": { form: responses, does: "generate" },
  "/v1/chat/completions": { form: chat, does: "generate" },
};

const GOOGLE = /^\/v1beta\/models\/([A-Za-z0-9][\w.-]{0,127}):(generateContent|streamGenerateContent|countTokens)$/;

/** Returns the route of a request; null when there is none. The path is compared as it was sent, so no trick changes it. */
export function routeOf(method: string | undefined, url: string | undefined): Route | null {
  const [path = "", query = ""] = (url ?? "").split("?", 2) as [string, string?];
  if (method === "GET" && path === "/v1/models") return { form: chat, does: "list", path: {} };
  if (method === "GET" && path === "/v1beta/models") return { form: generate, does: "list", path: {} };
  if (method !== "POST") return null;
  if (Object.hasOwn(POSTS, path)) return { ...(POSTS[path] as (typeof POSTS)[string]), path: {} };
  const [, model, action] = GOOGLE.exec(path) ?? [];
  if (model === undefined) return null;
  if (action === "countTokens") return { form: generate, does: "count", path: { model } };
  // Without `alt=sse` the stream is one JSON list, which none of the agents asks for.
  const isStream = action === "streamGenerateContent";
  if (isStream && new URLSearchParams(query).get("alt") !== "sse") return null;
  return { form: generate, does: "generate", path: { model, isStream } };
}

/** Returns the form in which a request without a route gets its error: that of the program which probably sent it. */
export function formFor(url: string | undefined): WireForm {
  if (url?.startsWith("/v1beta")) return generate;
  return url?.startsWith("/v1/messages") ? messages : chat;
}

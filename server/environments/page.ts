/** What a person sees at the address of an environment that does not run. */
import type { ServerResponse } from "node:http";
import type { Environment } from "@/core/shapes/environments/environments";
import { isSettled, STATE_WORDS } from "@/core/words/environments/environments";

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:36rem;margin:20vh auto 0;padding:0 1.5rem}h1{font-size:1.25rem}p{overflow-wrap:anywhere}`;

export type ShownEnvironment = Pick<Environment, "name" | "project" | "state" | "why">;

/** Refreshes itself until the environment runs, or has failed. */
export function sendState(
  response: ServerResponse,
  { name, project, state, why, isPaused }: ShownEnvironment & { isPaused: boolean },
  home: string,
): void {
  const isOnItsWay = !isSettled({ state });
  const title = `${name} of ${project}: ${STATE_WORDS[state].word.toLowerCase()}`;
  const coming = isPaused
    ? "Everything is paused. When somebody resumes everything, it starts, and this page shows it."
    : "This page shows it as soon as it runs.";
  const more = isOnItsWay ? coming : (why ?? "Somebody may start it again.");
  sendPage(response, 503, { title, text: more, home: `${home}/projects/${project}/environments`, refresh: isOnItsWay });
}

export interface Page {
  title: string;
  text: string;
  /** Where the person finds more: an address of Banyan. */
  home: string;
  refresh?: boolean;
}

export function sendPage(response: ServerResponse, status: number, { title, text, home, refresh = false }: Page): void {
  const again = refresh ? '<meta http-equiv="refresh" content="1">' : "";
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...(refresh && { "retry-after": "1" }),
  });
  response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8">${again}
<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main role="status"><h1>${escaped(title)}</h1><p>${escaped(text)}</p>
<p><a href="${escaped(home)}">Open it in Banyan</a></p></main></body></html>`);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

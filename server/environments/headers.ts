/** Which headers pass between a browser and the service of an environment. What is not named here stays behind. */
import type { IncomingHttpHeaders } from "node:http";
import { parseCookie } from "cookie";

/** Cookies of Banyan begin so. A service neither gets nor sets one. */
const OWN_COOKIES = "banyan_";

/** Set by the door alone: a service may trust them. */
const FORWARDED = /^(x-forwarded-|forwarded$|x-real-ip$)/;

/**
 * About the answer itself, or about what pages of this origin may do. Others act beyond it: `Clear-Site-Data` would sign
 * a person out of the whole site, `Strict-Transport-Security` and `Alt-Svc` stay after the environment has ended.
 */
const ANSWER =
  /^(content-[a-z-]+|transfer-encoding|connection|upgrade|sec-websocket-[a-z]+|date|age|expires|cache-control|etag|last-modified|vary|pragma|location|link|allow|accept-[a-z]+|retry-after|www-authenticate|trailer|warning|preference-applied|deprecation|sunset|ratelimit[a-z-]*|server-timing|traceparent|referrer-policy|permissions-policy|cross-origin-[a-z-]+|access-control-[a-z-]+|timing-allow-origin|idempotent-[a-z-]+|x-[a-z0-9-]+|set-cookie)$/;

/** Changes the headers of a request into those that the service gets. */
export function cleanRequest(
  headers: IncomingHttpHeaders,
  { https, address }: { https: boolean; address: string },
): void {
  for (const name of Object.keys(headers)) if (FORWARDED.test(name)) delete headers[name];
  const cookies = Object.entries(parseCookie(headers.cookie ?? "", { decode: (value) => value }));
  const others = cookies.filter(([name]) => !name.startsWith(OWN_COOKIES));
  if (others.length === 0) delete headers.cookie;
  else headers.cookie = others.map(([name, value]) => `${name}=${value}`).join("; ");
  headers["x-forwarded-host"] = headers.host ?? "";
  headers["x-forwarded-proto"] = https ? "https" : "http";
  headers["x-forwarded-for"] = address;
}

/** Changes the headers of an answer into those that the browser gets. */
export function cleanAnswer(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) if (!ANSWER.test(name)) delete headers[name];
  const cookies = (headers["set-cookie"] ?? []).filter((cookie) => !cookie.trimStart().startsWith(OWN_COOKIES));
  // A cookie of a wider domain would reach other environments.
  headers["set-cookie"] = cookies.map((cookie) => cookie.replace(/;\s*domain\s*=[^;]*/gi, ""));
  if (cookies.length === 0) delete headers["set-cookie"];
  headers["x-robots-tag"] = "noindex, nofollow";
}

/** Sign-in with the one-time link or Google, and sign-out. Every handler answers with a redirect. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";
import type { Admission, Vouched } from "@/agents/guard/sign-in";
import type { Auth } from "@/lib/auth/auth";
import type { GoogleRequest, GoogleSignIn } from "@/lib/auth/google";
import { returnPath } from "@/lib/auth/return-path";
import { problem } from "@/lib/http/problem";

export interface SignInOptions {
  auth: Auth;
  /** The public address of the server; null if people use it on this machine only. */
  publicUrl: string | null;
  /** null if Google sign-in is off and people use the link only. */
  google: { signIn: GoogleSignIn; admit(vouched: Vouched): Promise<Admission> } | null;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** How long the browser remembers the page that a person wanted before signing in. */
const WANTED_SECONDS = 15 * 60;
const REFUSED_SECONDS = 60;

/**
 * Redeems the token of the link when its button is pressed. Whoever only opens the link (a chat that shows a preview, a
 * mail scanner, a browser that fetches ahead) gets the page with the button, and does not use the link up.
 */
export async function signInByLink(options: SignInOptions, { request, response, url }: Exchange): Promise<void> {
  const { auth } = options;
  const sessionId = await auth.redeemLinkToken(url.searchParams.get("token") ?? "", request);
  if (sessionId === "unheard") {
    const why = problem(
      "too-many-requests",
      "Too many wrong sign-in links from this address. Wait a minute, then open a new link.",
    );
    response.writeHead(429, { "content-type": "application/problem+json", "retry-after": "60" });
    response.end(JSON.stringify(why));
    return;
  }
  if (!sessionId) return redirect(response, "/signin?problem=link");
  const wanted = parseCookie(request.headers.cookie ?? "")[wantedCookie(auth)];
  const forget = keep(wantedCookie(auth), "", 0);
  redirect(response, returnPath(wanted), [auth.setCookie(sessionId, isSecure(options, request)), forget]);
}

export async function signOut(options: SignInOptions, { request, response }: Exchange): Promise<void> {
  await options.auth.endSession(request.headers.cookie);
  redirect(response, "/signin", [options.auth.setCookie("", isSecure(options, request))]);
}

/** Redirects to the sign-in page, which leads back to the requested page. */
export function sendToSignIn(response: ServerResponse, url: URL): void {
  const wanted = returnPath(url.pathname + url.search);
  const location = wanted === "/" ? "/signin" : `/signin?callbackUrl=${encodeURIComponent(wanted)}`;
  response.writeHead(307, { location, "cache-control": "no-store" }).end();
}

/** Stores the wanted page in a cookie, for a one-time link that is opened in the same browser. */
export function rememberWanted({ auth }: SignInOptions, { response, url }: Exchange): void {
  const wanted = returnPath(url.searchParams.get("callbackUrl"));
  if (wanted !== "/") response.setHeader("set-cookie", keep(wantedCookie(auth), wanted, WANTED_SECONDS));
}

export async function beginGoogle(options: SignInOptions, exchange: Exchange): Promise<void> {
  const { google, publicUrl } = options;
  const { request, response, url } = exchange;
  const wanted = returnPath(url.searchParams.get("callbackUrl"));
  const again = `/signin?callbackUrl=${encodeURIComponent(wanted)}`;
  const site = request.headers["sec-fetch-site"];
  // Other sites must not start a sign-in. It also must start on the public host, because its cookies belong to the host
  // that Google redirects to.
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  if (!google || !isOwn) return redirect(response, again);
  if (publicUrl && new URL(publicUrl).host !== request.headers.host) return redirect(response, publicUrl + again);
  const answer = await google.signIn.begin(googleRequest(options, request), wanted);
  if ("problem" in answer) return redirect(response, `${again}&problem=${answer.problem}`);
  redirect(response, answer.location, answer.cookies);
}

export async function finishGoogle(options: SignInOptions, { request, response, url }: Exchange): Promise<void> {
  const { google, auth } = options;
  if (!google) return redirect(response, "/signin");
  const query = Object.fromEntries(url.searchParams);
  const answer = await google.signIn.finish(googleRequest(options, request), query);
  const refuse = (problem: string, cookies: string[] = []) => {
    const wanted = encodeURIComponent(answer.returnTo);
    redirect(response, `/signin?problem=${problem}&callbackUrl=${wanted}`, [...answer.cookies, ...cookies]);
  };
  if ("problem" in answer) return refuse(answer.problem);
  const admission = await google.admit(answer.claims);
  if ("problem" in admission) {
    // In a cookie, because anybody could forge the address in a link.
    return refuse(admission.problem, [keep(refusedCookie(auth), admission.email ?? "", REFUSED_SECONDS)]);
  }
  const sessionId = await auth.startSession(admission.userId, request.headers.cookie);
  const cookies = [...answer.cookies, auth.setCookie(sessionId, isSecure(options, request))];
  redirect(response, answer.returnTo, cookies);
}

function googleRequest({ publicUrl }: SignInOptions, request: IncomingMessage): GoogleRequest {
  // The host is safe to use: the origin check accepts only this machine's names when there is no public address.
  return { origin: publicUrl ?? `http://${request.headers.host}`, cookies: parseCookie(request.headers.cookie ?? "") };
}

function isSecure({ publicUrl }: SignInOptions, request: IncomingMessage): boolean {
  return publicUrl?.startsWith("https:") === true && new URL(publicUrl).host === request.headers.host;
}

/** Contains the port, like the session cookie, so that servers on other ports do not share it. */
function wantedCookie({ cookieName }: Auth): string {
  return cookieName.replace("session", "wanted");
}

export function refusedCookie({ cookieName }: Pick<Auth, "cookieName">): string {
  return cookieName.replace("session", "refused");
}

function keep(name: string, value: string, maxAge: number): string {
  return stringifySetCookie(name, value, { path: "/signin", httpOnly: true, sameSite: "lax", maxAge });
}

function redirect(response: ServerResponse, location: string, cookies: string[] = []): void {
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  response.writeHead(303, { location, "cache-control": "no-store" }).end();
}

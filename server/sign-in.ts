/** How people come in and go: the one-time link, Google, and signing out. Each answers with a redirect and nothing else. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";
import type { Admission, Vouched } from "@/agents/guard/sign-in";
import type { Auth } from "@/lib/auth/auth";
import type { GoogleRequest, GoogleSignIn } from "@/lib/auth/google";
import { returnPath } from "@/lib/auth/return-path";

export interface SignInOptions {
  auth: Auth;
  /** The address under which people reach the server, when it is another than this machine's own. */
  publicUrl: string | null;
  /** null: people come in by the link only. */
  google: { signIn: GoogleSignIn; admit(vouched: Vouched): Promise<Admission> } | null;
}

interface Knock {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** A person who is sent away keeps for so long where they wanted to go. */
const WANTED_SECONDS = 15 * 60;
const REFUSED_SECONDS = 60;

/** The link's token leaves the address at once, so that it stays in no history. */
export async function signInByLink(options: SignInOptions, { request, response, url }: Knock): Promise<void> {
  const { auth } = options;
  const sessionId = await auth.redeemLinkToken(url.searchParams.get("token") ?? "", request.headers.cookie);
  if (!sessionId) return redirect(response, "/signin?problem=link");
  const wanted = parseCookie(request.headers.cookie ?? "")[wantedCookie(auth)];
  const forget = keep(wantedCookie(auth), "", 0);
  redirect(response, returnPath(wanted), [auth.setCookie(sessionId, isSecure(options, request)), forget]);
}

export async function signOut(options: SignInOptions, { request, response }: Knock): Promise<void> {
  await options.auth.endSession(request.headers.cookie);
  redirect(response, "/signin", [options.auth.setCookie("", isSecure(options, request))]);
}

/** For a page that was asked for by nobody: where it was is kept, and nothing of it is shown. */
export function sendToSignIn(response: ServerResponse, url: URL): void {
  const wanted = returnPath(url.pathname + url.search);
  const location = wanted === "/" ? "/signin" : `/signin?callbackUrl=${encodeURIComponent(wanted)}`;
  response.writeHead(307, { location, "cache-control": "no-store" }).end();
}

/** The page of signing in remembers where to go on, for a link that is opened in the same browser. */
export function rememberWanted({ auth }: SignInOptions, { response, url }: Knock): void {
  const wanted = returnPath(url.searchParams.get("callbackUrl"));
  if (wanted !== "/") response.setHeader("set-cookie", keep(wantedCookie(auth), wanted, WANTED_SECONDS));
}

export async function beginGoogle(options: SignInOptions, knock: Knock): Promise<void> {
  const { google, publicUrl } = options;
  const { request, response, url } = knock;
  const wanted = returnPath(url.searchParams.get("callbackUrl"));
  const again = `/signin?callbackUrl=${encodeURIComponent(wanted)}`;
  const site = request.headers["sec-fetch-site"];
  // Only our own page begins it. The cookies of the dance are our host's: it is begun where Google sends the person back to.
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  if (!google || !isOwn) return redirect(response, again);
  if (publicUrl && new URL(publicUrl).host !== request.headers.host) return redirect(response, publicUrl + again);
  const answer = await google.signIn.begin(googleRequest(options, request), wanted);
  if ("problem" in answer) return redirect(response, `${again}&problem=${answer.problem}`);
  redirect(response, answer.location, answer.cookies);
}

export async function finishGoogle(options: SignInOptions, { request, response, url }: Knock): Promise<void> {
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
    // Not in the address, where anybody could write another one.
    return refuse(admission.problem, [keep(refusedCookie(auth), admission.email ?? "", REFUSED_SECONDS)]);
  }
  const sessionId = await auth.startSession(admission.userId, request.headers.cookie);
  const cookies = [...answer.cookies, auth.setCookie(sessionId, isSecure(options, request))];
  redirect(response, answer.returnTo, cookies);
}

function googleRequest({ publicUrl }: SignInOptions, request: IncomingMessage): GoogleRequest {
  // The host was checked: it is this machine's own name when there is no public address.
  return { origin: publicUrl ?? `http://${request.headers.host}`, cookies: parseCookie(request.headers.cookie ?? "") };
}

function isSecure({ publicUrl }: SignInOptions, request: IncomingMessage): boolean {
  return publicUrl?.startsWith("https:") === true && new URL(publicUrl).host === request.headers.host;
}

/** With the port in it, as the session's. */
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

/** The path to which a tool server sends the browser back after a sign-in. */

export const CALLBACK_PATH = "/oauth/callback";

/** What the browser brings back from the sign-in page. */
export interface SignInAnswer {
  code: string;
  state: string;
  /** Who gave the code, as the page says; absent when the page does not say it. */
  issuer?: string;
}

/** The path to which a tool server sends the browser back after a sign-in. */

export const CALLBACK_PATH = "/oauth/callback";

/** Where a server of tools sends the browser back after a sign-in. */

export const CALLBACK_PATH = "/oauth/callback";

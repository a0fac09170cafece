import { bareHost } from "../net/address";
import { isListed } from "../net/host-list";
import { WorkspaceError } from "../workspace/path";
import { checkRemote } from "./remote-address";
import { GitError } from "./run";

/** The credential for a remote. It never appears in a URL, an argument, an agent's environment or a message. */
export interface GitCredential {
  /** Default: what GitHub expects with a token; GitLab and Gitea take every name. */
  username?: string;
  token: string;
}

export interface RemoteOptions {
  url: string;
  /** `host:port`s that may have private addresses. */
  privateHosts: readonly string[];
  credential?: GitCredential | null;
  /** Seconds without a byte until the remote counts as not answering. Default 60. */
  silenceSeconds?: number;
  timeoutMs: number;
  signal: AbortSignal;
  onActivity?(): void;
}

/** How to call git for a remote with a checked address. */
export interface Remote {
  /** The URL from `checkRemote`. */
  url: string;
  /** Arguments before git's command. */
  arguments: string[];
  env: Record<string, string>;
}

const DEFAULT_SILENCE_SECONDS = 60;
const TOKEN_USER = "x-access-token";

/** Checks the target of the URL and pins its address. Throws a `WorkspaceError` with one sentence. */
export async function openRemote(options: RemoteOptions): Promise<Remote> {
  const { url, pinned } = await checkRemote(options.url, options.privateHosts);
  return {
    url,
    arguments: [
      "-c",
      `http.curloptResolve=${pinned}`,
      "-c",
      "http.followRedirects=false",
      "-c",
      "http.proxy=",
      "-c",
      "credential.helper=",
      "-c",
      "http.lowSpeedLimit=100",
      "-c",
      "protocol.version=2",
      "-c",
      `http.lowSpeedTime=${options.silenceSeconds ?? DEFAULT_SILENCE_SECONDS}`,
    ],
    env: options.credential ? credentialEnvironment(new URL(url), options.credential, options.privateHosts) : {},
  };
}

/** Sends the credential as git's header for this one origin; redirects are off, so it reaches no other host. */
function credentialEnvironment(
  url: URL,
  { username = TOKEN_USER, token }: GitCredential,
  privateHosts: readonly string[],
): Record<string, string> {
  if (
    url.protocol !== "https:" &&
    !isListed(privateHosts, { host: bareHost(url.hostname), port: Number(url.port || 80) })
  ) {
    throw new WorkspaceError(`Credentials are never sent without encryption; use the https address of ${url.host}.`);
  }
  const basic = Buffer.from(`${username}:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${url.origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

/** A push that the host has read and refuses by a rule of its own: the same one is refused again. */
export class PushRefused extends WorkspaceError {
  override name = "PushRefused";
}

const REFUSED = /\[remote rejected\][^\n]*\(([^)\n]*)\)/;
/** What a host says in the same place of faults of its own, which pass. */
const HOSTS_FAULT = /^(?:failed to|cannot lock|unable to|unpack|internal)/i;

/** Patterns of git's output, in order, with a sentence that says what went wrong at the repository and what to do. */
const REASONS: [RegExp, (shown: string, match: RegExpMatchArray) => string][] = [
  [
    /Authentication failed|could not read (Username|Password)|returned error: 401/,
    (shown) =>
      `The host of ${shown} does not accept Banyan's sign-in; a person must add or renew the token for this host.`,
  ],
  [
    /returned error: 403/,
    (shown) => `The host of ${shown} refuses this; the token may read the repository but not do this.`,
  ],
  [
    /returned error: 404|repository '.*' not found/,
    (shown) => `There is no repository at ${shown}, or it is private and Banyan's token may not see it.`,
  ],
  [
    /\[rejected\]|non-fast-forward|fetch first/,
    (shown) =>
      `${shown} has commits on this branch that are missing here; fetch, merge them, and push again (a push is never forced).`,
  ],
  [REFUSED, (shown, match) => `${shown} refused the push (${match[1]}).`],
  [
    /returned error: (30\d)|unable to update url base|redirect/i,
    (shown) => `${shown} redirects to another address; use that address.`,
  ],
  [/SSL|certificate/i, (shown) => `The certificate of ${shown} cannot be trusted; check the address.`],
  [
    /returned error: (5\d\d|429)/,
    (shown, match) => `The host of ${shown} is failing (status ${match[1]}); continue without it or try again later.`,
  ],
  [
    /Operation too slow|took longer than|Could not resolve|Failed to connect|Connection|Couldn't connect|Empty reply|hung up|early EOF|unable to access|Recv failure/i,
    (shown) => `The repository ${shown} does not answer; continue without it or try again later.`,
  ],
];

/** Returns one sentence for a git command that failed at a remote; returns any other error unchanged. */
export function remoteFailure(error: unknown, url: string): unknown {
  if (!(error instanceof GitError)) return error;
  const shown = JSON.stringify(url);
  for (const [pattern, sentence] of REASONS) {
    const match = error.said.match(pattern);
    if (!match) continue;
    const isRefusal = pattern === REFUSED && !HOSTS_FAULT.test(match[1] ?? "");
    return new (isRefusal ? PushRefused : WorkspaceError)(sentence(shown, match));
  }
  return error;
}

import { spawn } from "node:child_process";
import http from "node:http";

export interface GitServer {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** One line per request: method, path and query, and the Authorization header or "-". */
  requests: string[];
  /** Awaited before a push reaches git; the default lets it through. */
  beforePush: () => Promise<void>;
  /** Answers requests for pages beside the repositories; returns false for those that are git's. */
  answerPage: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  close(): Promise<void>;
}

/**
 * Git's own HTTP server program behind Node's HTTP server on the loopback, for the bare repositories in a folder. With
 * a token, every request below `/private/` and every push needs it; `/redirect.git` redirects to `/served.git`.
 */
export async function startGitServer(folder: string, token?: string): Promise<GitServer> {
  const server = http.createServer((request, response) => void handle(request, response));
  const git: GitServer = {
    host: "",
    requests: [],
    beforePush: () => Promise.resolve(),
    answerPage: () => false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (git.answerPage(request, response)) return;
    const given = request.headers.authorization ?? "-";
    git.requests.push(`${request.method} ${request.url} ${given}`);
    const isPush = request.url?.includes("git-receive-pack") ?? false;
    const needsToken = token !== undefined && (isPush || url.pathname.startsWith("/private/"));
    if (needsToken && given !== `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    if (url.pathname.startsWith("/redirect.git")) {
      response.writeHead(302, { location: request.url?.replace("redirect", "served") }).end();
      return;
    }
    if (isPush && request.method === "POST") await git.beforePush();
    runBackend(folder, url, request, response);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  git.host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return git;
}

function runBackend(folder: string, url: URL, request: http.IncomingMessage, response: http.ServerResponse): void {
  const child = spawn("git", ["http-backend"], {
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_ADDR: "127.0.0.1",
      // Every request that gets here may push.
      REMOTE_USER: "tester",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    },
  });
  child.stdin.on("error", () => undefined);
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.once("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    for (const line of output.subarray(0, Math.max(0, end)).toString().split("\r\n")) {
      const [name = "", value = ""] = line.split(": ");
      if (name === "Status") response.statusCode = Number.parseInt(value, 10);
      else if (name) response.setHeader(name, value);
    }
    response.end(output.subarray(end + 4));
  });
}

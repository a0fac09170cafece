import http from "node:http";

export interface ForgeServer {
  /** `http://127.0.0.1:PORT/api/v3`. */
  apiUrl: string;
  /** The requests it received: method, path, body. */
  requests: { method: string; path: string; body: unknown }[];
  /** Requests that GitHub itself would refuse or warn about. */
  complaints: string[];
  pulls: { number: number; head: string; base: string; title: string; html_url: string }[];
  /** Answers the next requests in place of the usual handling. */
  answer: ((request: http.IncomingMessage, response: http.ServerResponse) => void) | null;
  close(): Promise<void>;
}

/** A stand-in for the part of GitHub's API that opens pull requests in `acme/widgets`. */
export async function startForgeServer(token: string): Promise<ForgeServer> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", "http://localhost");
    const body: unknown = text ? JSON.parse(text) : null;
    forge.requests.push({ method: request.method ?? "", path: url.pathname + url.search, body });
    if (forge.answer) return forge.answer(request, response);
    complain(request, text);
    const send = (status: number, data: unknown) =>
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(data));
    if (request.headers.authorization !== `Bearer ${token}`) return send(401, { message: "Bad credentials" });
    if (!url.pathname.startsWith("/api/v3/repos/acme/widgets")) return send(404, { message: "Not Found" });
    const rest = url.pathname.slice("/api/v3/repos/acme/widgets".length);
    if (request.method === "GET" && rest === "") return send(200, { default_branch: "trunk" });
    if (request.method === "GET" && rest === "/pulls") return send(200, forge.pulls.filter(isAskedFor(url)));
    if (request.method === "POST" && rest === "/pulls") create(body as Record<string, string>, send);
    else send(404, { message: "Not Found" });
  });
  const forge: ForgeServer = {
    apiUrl: "",
    requests: [],
    complaints: [],
    pulls: [],
    answer: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  function complain(request: http.IncomingMessage, text: string): void {
    const { headers } = request;
    if (!headers["user-agent"]) forge.complaints.push("no user agent");
    if (headers.accept !== "application/vnd.github+json") forge.complaints.push(`accepts ${headers.accept}`);
    if (headers["x-github-api-version"] !== "2022-11-28") forge.complaints.push("no API version");
    if (text && !/^application\/json/.test(headers["content-type"] ?? "")) forge.complaints.push("body is not JSON");
  }

  function create(body: Record<string, string>, send: (status: number, data: unknown) => unknown): unknown {
    const { title = "", head = "", base = "" } = body;
    if (forge.pulls.some((pull) => pull.head === head && pull.base === base)) {
      const errors = [{ message: `A pull request already exists for acme:${head}.` }];
      return send(422, { message: "Validation Failed", errors });
    }
    if (head === "banyan/not-pushed") {
      return send(422, { message: "Validation Failed", errors: [{ resource: "PullRequest", field: "head" }] });
    }
    const number = forge.pulls.length + 1;
    const pull = { number, head, base, title, html_url: `https://forge.test/acme/widgets/pull/${number}` };
    forge.pulls.push(pull);
    return send(201, pull);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  forge.apiUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/api/v3`;
  return forge;
}

function isAskedFor(url: URL): (pull: { head: string; base: string }) => boolean {
  const { head, base, state } = Object.fromEntries(url.searchParams);
  return (pull) => state === "open" && `acme:${pull.head}` === head && pull.base === base;
}

/** Pages of the demonstration's forge: its issues and pull requests, with the two things that a person does there. */
import { execFileSync } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import type { ForgeServer } from "@/tests/forges/forge-server";

type Issue = ForgeServer["issues"][number];

const LABEL = "banyan";
const BASE = "/acme/widgets";

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
a{color:#0969da}h1{font-size:1.5rem;margin:.5rem 0}.muted{color:#59636e}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f8fa;padding:1rem;border-radius:6px;font-size:.85rem}
.text{border:1px solid #d1d9e0;border-radius:6px;margin:1rem 0;padding:0 1rem;overflow-wrap:anywhere}
.text h2{font-size:1rem;margin:1rem 0 .5rem}.text code{background:#818b981f;padding:.1rem .3rem;border-radius:4px;font-size:.85rem}
.text pre code{padding:0;background:none;font-size:inherit}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #d1d9e0}table{border-collapse:collapse;margin:1rem 0;font-size:.9rem}
th,td{border:1px solid #d1d9e0;padding:.2rem .6rem;text-align:left;overflow-wrap:break-word}
.pill{display:inline-block;border:1px solid #d1d9e0;border-radius:1rem;padding:0 .6rem;font-size:.85rem;margin-right:.4rem}
.open{background:#dafbe1}.merged{background:#fbefff}.closed{background:#ffebe9}
button{font:inherit;padding:.4rem .9rem;border:1px solid #1f883d;background:#1f883d;color:#fff;border-radius:6px;cursor:pointer}
@media(prefers-color-scheme:dark){body{color:#f0f6fc;background:#0d1117}a{color:#4493f8}.muted{color:#9198a1}pre{background:#151b23}.open,.merged,.closed{color:#1f2328}.text,.text th,.text td,blockquote{border-color:#3d444d}}`;

/** Returns what answers requests for pages; everything else is git's. `tell` is called after each change. */
export function answerPages(
  forge: ForgeServer,
  person: string,
  tell: () => void,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, kind, digits] = /^\/acme\/widgets(?:\/(issues|pull)(?:\/(\d+))?)?\/?$/.exec(pathname) ?? [];
    const isPage = pathname === "/" || pathname === BASE || pathname === `${BASE}/` || kind !== undefined;
    if (!isPage) return false;
    const issue = forge.issues.find(({ number }) => number === Number(digits));
    if (request.method === "POST") {
      // A page of another origin cannot press a button here.
      const isOwn = request.headers.origin === `http://${forge.host}`;
      if (isOwn && issue) {
        press(forge, issue, person);
        tell();
      }
      response.writeHead(isOwn ? 303 : 403, { location: pathname }).end();
    } else if (digits !== undefined && !issue) send(response, 404, "Not found", "<p>There is no such issue.</p>");
    else send(response, 200, issue?.title ?? "acme/widgets", issue ? pageOf(forge, issue, person) : listOf(forge));
    return true;
  };
}

/** Does the one thing that a person can do there: label an issue, or approve a pull request. */
function press(forge: ForgeServer, { number, pull, labels }: Issue, person: string): void {
  if (pull) forge.review(number, person, "approved", "Looks right.");
  else if (!labels.includes(LABEL)) forge.label(number, LABEL, person);
}

function listOf({ issues }: ForgeServer): string {
  const rows = issues.map(
    (issue) => `<li><a href="${addressOf(issue)}">#${issue.number} ${escaped(issue.title)}</a> ${stateOf(issue)}</li>`,
  );
  return `<ul>${rows.join("")}</ul>`;
}

function pageOf(forge: ForgeServer, issue: Issue, person: string): string {
  const { number, body, by, labels, pull } = issue;
  const comments = forge.comments.filter((comment) => comment.on.number === number);
  const isApproved = comments.some(({ review }) => review === "approved");
  const act = pull
    ? issue.open && !isApproved
      ? button(`Approve as ${person}`)
      : ""
    : issue.open && !labels.includes(LABEL)
      ? button(`Put the label ${LABEL} on it`)
      : "";
  return [
    `<p>${stateOf(issue)}${labels.map((label) => `<span class="pill">${escaped(label)}</span>`).join("")}<span class="muted">by ${escaped(by)}</span></p>`,
    written(body),
    ...(pull ? [checksOf(forge, pull.branch), `<h2>Change</h2><pre>${escaped(diffOf(forge, issue))}</pre>`] : []),
    ...comments.map(
      ({ by: author, body: text, review }) =>
        `<p><b>${escaped(author)}</b> <span class="muted">${review === "approved" ? "approved" : "commented"}</span></p>${written(text)}`,
    ),
    act,
    `<p><a href="${BASE}/issues">All issues and pull requests</a></p>`,
  ].join("\n");
}

function checksOf(forge: ForgeServer, branch: string): string {
  const runs = forge.checks.get(inGit(forge, "rev-parse", branch).trim()) ?? [];
  const words = runs.map(
    ({ name, conclusion }) => `${escaped(name)}: ${conclusion === "success" ? "passed" : "failed"}`,
  );
  return `<p>Checks: ${words.length === 0 ? "running" : words.join(", ")}</p>`;
}

function diffOf(forge: ForgeServer, { pull }: Issue): string {
  return pull ? inGit(forge, "diff", `${pull.merged ? `${pull.base}~1` : pull.base}...${pull.branch}`) : "";
}

function inGit({ bare }: ForgeServer, ...args: string[]): string {
  try {
    return execFileSync("git", ["-C", bare, ...args], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** Returns the Markdown of an issue or a comment as forges show it. Banyan's marks in comments are HTML, which is left out. */
function written(markdown: string): string {
  // Banyan begins with headings of the third level, and the page has none of the second before them.
  const components = { h3: "h2" } as const;
  const body = createElement(ReactMarkdown, { remarkPlugins: [remarkGfm], skipHtml: true, components }, markdown);
  return `<div class="text">${renderToStaticMarkup(body)}</div>`;
}

function addressOf({ number, pull }: Issue): string {
  return `${BASE}/${pull ? "pull" : "issues"}/${number}`;
}

function stateOf({ open, pull }: Issue): string {
  const state = pull?.merged ? "merged" : open ? "open" : "closed";
  return `<span class="pill ${state}">${pull ? "Pull request" : "Issue"}: ${state}</span>`;
}

function button(words: string): string {
  return `<form method="post"><button>${escaped(words)}</button></form>`;
}

function send(response: ServerResponse, status: number, title: string, body: string): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} · Demo forge</title><style>${STYLE}</style><main><p class="muted">Demo forge · acme/widgets</p><h1>${escaped(title)}</h1>${body}</main></html>`;
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(page);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

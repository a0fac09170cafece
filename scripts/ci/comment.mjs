// Puts the report of the gates on a pull request: one comment, which each run replaces. For GitHub Actions; see action.yml.
import { existsSync, readFileSync } from "node:fs";

/** The first line of the comment, by which the next run finds it. Nobody sees it. */
const MARKER = "<!-- banyan-gates -->";
/** GitHub takes no more characters. */
const MOST_CHARACTERS = 65_000;
const PER_PAGE = 100;
const MOST_PAGES = 50;
const SECONDS = 1000;

const { GITHUB_API_URL = "https://api.github.com", GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_TOKEN } = process.env;
const { COMMENT_AUTHOR, GATES_REPORT, GATES_STATUS } = process.env;

/** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
async function ask(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${GITHUB_TOKEN}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "content-type": "application/json",
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60 * SECONDS),
  });
  if (!response.ok) throw new Error(`GitHub answered ${method} ${path} with ${response.status}`);
  return response.json();
}

/** Anybody may write the marker, so only a comment of this account is edited. @param {number} number */
async function ownComment(number) {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const comments = await ask("GET", `/issues/${number}/comments?per_page=${PER_PAGE}&page=${page}`);
    const own = comments.find(
      (/** @type {{ body?: string, user?: { login?: string } }} */ { body, user }) =>
        body?.startsWith(MARKER) && user?.login === COMMENT_AUTHOR,
    );
    if (own) return own;
    if (comments.length < PER_PAGE) return null;
  }
  return null;
}

function report() {
  const isThere = GATES_REPORT !== undefined && existsSync(GATES_REPORT);
  // Without a report nothing was judged, and an older comment must not stay as if it were about this commit.
  const text = isThere
    ? readFileSync(GATES_REPORT, "utf8")
    : `# Gates: not measured\n\nThe gates ended with ${Number(GATES_STATUS)} and wrote no report; the log of the job says why.\n`;
  const whole = `${MARKER}\n${text}`;
  if (whole.length <= MOST_CHARACTERS) return whole;
  const cut = whole.slice(0, MOST_CHARACTERS);
  return `${cut.slice(0, cut.lastIndexOf("\n"))}\n\nCut here: the summary of the job has the whole report.\n`;
}

try {
  const event = JSON.parse(readFileSync(GITHUB_EVENT_PATH ?? "", "utf8"));
  const number = event.pull_request?.number;
  if (!Number.isInteger(number)) throw new Error("The event names no pull request");
  const body = report();
  const own = await ownComment(number);
  if (own) await ask("PATCH", `/issues/comments/${Number(own.id)}`, { body });
  else await ask("POST", `/issues/${number}/comments`, { body });
} catch (error) {
  // The token of a fork's pull request may only read. The gates' outcome stays what it is.
  const text = (error instanceof Error ? error.message : String(error)).replace(/[\r\n%]/g, " ");
  console.log(`::warning title=Gates::No comment on the pull request: ${text}.`);
}

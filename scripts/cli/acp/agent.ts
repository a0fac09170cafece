/** Banyan as an agent of an editor, by version 1 of the Agent Client Protocol (ACP). */
import { randomUUID } from "node:crypto";
import { isAbsolute } from "node:path";
import { type AgentApp, agent, PROTOCOL_VERSION, RequestError } from "@agentclientprotocol/sdk";
import type { FoundFolder } from "@/core/shapes/folders";
import type { Message, Page, Review, Tree } from "@/core/shapes/shapes";
import type { Submission } from "@/core/shapes/submission";
import { ONLY_COPY } from "@/core/words/refused-folder";
import { isExpected, sentenceOf } from "@/scripts/cli/context/failure";
import { type Api, RefusedError } from "./api";
import { follow } from "./follow";
import { cancel, deliver, prompt } from "./prompt";
import { textOf, wrong } from "./prompt-text";
import { type Editor, newSession, type Session, save, tell } from "./session";
import type { SessionFiles } from "./session-files";
import { take } from "./view";

export interface AgentOptions {
  api: Api;
  files: SessionFiles;
  version: string;
  /** Returns how a tree in this folder is submitted, without its task. Throws UsageError. */
  submissionIn(cwd: string): Omit<Submission, "task">;
}

const LISTED = 100;
const PAGE = 200;

export function createAgent(options: AgentOptions): AgentApp {
  const shared = { ...options, hasForms: false, sessions: new Map<string, Session>() };
  const of = (client: Editor["client"]): Editor => ({ ...shared, client });
  return agent({ name: "banyan" })
    .onRequest("initialize", ({ params }) => {
      shared.hasForms = Boolean(params.clientCapabilities?.elicitation?.form);
      return {
        protocolVersion: PROTOCOL_VERSION,
        agentInfo: { name: "banyan", title: "Banyan", version: options.version },
        agentCapabilities: {
          loadSession: true,
          promptCapabilities: { embeddedContext: true },
          sessionCapabilities: { list: {} },
        },
        authMethods: [],
      };
    })
    .onRequest("session/new", ({ params, client }) => plainly(() => begin(of(client), params)))
    .onRequest("session/load", ({ params, client }) => plainly(() => load(of(client), params)))
    .onRequest("session/list", ({ params }) => list(options.files, params.cwd ?? null))
    .onRequest("session/prompt", ({ params, client }) =>
      plainly(() => prompt(of(client), sessionOf(shared, params.sessionId), textOf(params.prompt))),
    )
    .onNotification("session/cancel", async ({ params, client }) => {
      const session = shared.sessions.get(params.sessionId);
      if (session) await cancel(of(client), session);
    });
}

/** Passes on an error's sentence, which the SDK would hide in its details. */
async function plainly<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RequestError) throw error;
    if (error instanceof RefusedError) throw wrong(error.message);
    if (!isExpected(error)) console.error(error);
    throw new RequestError(-32_603, sentenceOf(error));
  }
}

interface Opening {
  cwd: string;
  mcpServers: readonly unknown[];
}

async function begin(editor: Editor, { cwd, mcpServers }: Opening): Promise<{ sessionId: string }> {
  await checkFolder(editor, cwd);
  const id = randomUUID();
  const kept = { id, cwd, tree: null, title: null, count: 0, open: [], updatedAt: "" };
  const session = { ...newSession(kept), unusedServers: mcpServers.length };
  editor.sessions.set(id, session);
  save(editor, session);
  return { sessionId: id };
}

/** Throws an error with a sentence for a folder in which no tree can work. */
async function checkFolder({ api, submissionIn }: Editor, cwd: string): Promise<void> {
  if (!isAbsolute(cwd)) throw wrong(`The folder ${JSON.stringify(cwd)} is not an absolute path.`);
  const { problem, only_copy_because: why } = await api.get<FoundFolder>(`folder?path=${encodeURIComponent(cwd)}`);
  if (problem !== null) throw wrong(problem);
  if (why !== null && submissionIn(cwd).copy !== true)
    throw wrong(`In ${cwd}, start the agent with --copy, and it works in a copy. ${ONLY_COPY[why]}`);
}

function sessionOf({ sessions }: Pick<Editor, "sessions">, id: string): Session {
  const session = sessions.get(id);
  if (!session) throw unknown(id);
  return session;
}

function unknown(id: string): RequestError {
  return new RequestError(-32_002, `There is no session ${JSON.stringify(id)} here: load it, or begin a new one.`);
}

/** Finds the session's tree again, shows the editor what it has missed, and follows the tree while it runs. */
async function load(editor: Editor, { sessionId, mcpServers }: Opening & { sessionId: string }): Promise<object> {
  const kept = editor.files.read(sessionId);
  if (!kept) throw unknown(sessionId);
  editor.sessions.get(sessionId)?.feed?.close();
  const session = { ...newSession(kept), unusedServers: kept.tree === null ? mcpServers.length : 0 };
  editor.sessions.set(sessionId, session);
  // The prompt was written down before a crash, and perhaps not sent.
  for (const sent of kept.open.filter(({ isAccepted }) => !isAccepted)) await deliver(editor, session, sent);
  session.view.own.clear();
  const id = kept.tree;
  if (id === null) return {};
  const [tree, reviews] = await Promise.all([
    editor.api.get<Tree>(`trees/${id}`),
    editor.api.get<Page<Review>>(`reviews?open=1&tree=${id}`),
  ]);
  for (let after = ""; ; ) {
    const page = await editor.api.get<Page<Message>>(`trees/${id}/messages?limit=${PAGE}${after && `&after=${after}`}`);
    const news = { messages: page.items, tasks: tree.tasks, tree, reviews: reviews.items };
    for (const update of take(session.view, news)) tell(editor, session, update);
    session.cursor = String(page.items.at(-1)?.seq ?? session.cursor);
    if (page.next === null) break;
    after = page.next;
  }
  if (tree.ended_at === null) follow(editor, session);
  return {};
}

function list(files: SessionFiles, cwd: string | null) {
  const sessions = files.list().filter((file) => cwd === null || file.cwd === cwd);
  return {
    sessions: sessions.slice(0, LISTED).map(({ id, title, updatedAt, ...rest }) => ({
      sessionId: id,
      cwd: rest.cwd,
      updatedAt,
      ...(title !== null && { title }),
    })),
  };
}

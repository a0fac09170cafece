/**
 * The folder in which the client works. Other roles than admin may name only folders that are open to them, so the
 * person is asked once whether tasks of this client may work in its folder; the answer is kept with the client's token.
 * Whoever can start this program owns the data folder, so the client's own person may decide it.
 */
import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import type { JSONRPCRequest } from "@modelcontextprotocol/client";
import { isWithin } from "@/agents/configuration/workspace-roots";
import type { Role } from "@/core/rules/roles";
import { realPathOf } from "@/lib/workspace/path";
import { type Context, withActing } from "@/scripts/cli/context/context";
import { warn } from "@/scripts/cli/print/output";
import type { Kept } from "./token";

/** The key of the question, and the state that a client of 2026 sends back with the answer. */
export const FOLDER_QUESTION = "banyan-folder";

export interface ClientFolder {
  /**
   * Resolves when this request can be passed on, with null, or with the question that its client gets instead. Calls that
   * come while the person is asked wait for the one answer. `ask` puts the question to the person while the call waits;
   * without it, the client of 2026 asks, and only a repeated call tells that it did: so no other call waits for that.
   */
  questionFor(request: JSONRPCRequest, ask?: Ask): Promise<FolderQuestion | null>;
  /** Keeps the person's answer. Whatever is not a yes is a no, until the program ends. */
  answered(given: unknown): Promise<void>;
  /** Allows the folders that the command line names. */
  allowGiven(): Promise<void>;
}

export interface FolderQuestion {
  method: "elicitation/create";
  params: { message: string; requestedSchema: Record<string, unknown> };
}

/** Resolves with the person's answer. Rejects when the call that asks has ended. */
type Ask = (question: FolderQuestion) => Promise<unknown>;

interface FolderOptions {
  role: Role;
  token(): Promise<Kept>;
  /** Whole paths. */
  given: readonly string[];
}

export function clientFolder(context: Context, { role, token, given }: FolderOptions): ClientFolder {
  const folder = ownFolder(context.cwd);
  const isClear = role === "admin" || folder === null;
  /** What was decided or is being decided; it resolves with false, or rejects, when nothing was. null: nothing is known. */
  let decision: Promise<boolean> | null = null;
  let isAnswered = false;
  let isGiven: Promise<void> | null = null;

  async function allow(path: string): Promise<void> {
    const { id } = await token();
    await withActing(context, ({ application }) => application.commands.allowFolder({ id, folder: path }));
  }

  /** Whether the settings, or an earlier answer, have opened it. */
  async function isOpen(path: string): Promise<boolean> {
    const { id } = await token();
    const known = await withActing(context, ({ application }) => application.queries.listTokens());
    const own = known.find((token) => token.id === id)?.folders ?? [];
    return [...context.settings.workspaceRoots, ...own].some((root) => isWithin(root, path));
  }

  async function keep(path: string, answer: unknown): Promise<true> {
    isAnswered = true;
    if (isYes(answer)) await allow(path);
    return true;
  }

  /** A look or a question that fails decides nothing. An answer does, also of a folder that cannot be allowed: it is asked once. */
  function decide(by: () => Promise<boolean>): Promise<boolean> {
    const own = by();
    decision = own;
    const undo = () => {
      if (decision === own) decision = isAnswered ? Promise.resolve(true) : null;
    };
    own.then((isDecided) => isDecided || undo(), undo);
    return own;
  }

  const underWay = () => decision;

  async function isDecided(path: string, ask: Ask | undefined): Promise<boolean> {
    for (;;) {
      const other = underWay();
      // What another call began may end with that call.
      if (await other?.catch(() => false)) return true;
      if (underWay() !== null) continue;
      const own = decide(async () => {
        if (await isOpen(path)) return true;
        return ask ? keep(path, await ask(questionAbout(path, role))) : false;
      });
      if (await own) return true;
      // An answer may have come while it was looked up.
      if (underWay() === null) return false;
    }
  }

  return {
    async questionFor(request, ask) {
      if (isClear || folder === null) return null;
      const named = foldersNamed(request).map((path) => realPathOf(path) ?? path);
      if (!named.some((path) => isWithin(folder, path))) return null;
      return (await isDecided(folder, ask)) ? null : questionAbout(folder, role);
    },
    async answered(answer) {
      if (isClear || folder === null) return;
      const before = decision;
      await decide(async () => {
        await before?.catch(() => false);
        return keep(folder, answer);
      });
    },
    allowGiven() {
      isGiven ??= (async () => {
        // One that cannot be allowed is no reason to refuse everything else.
        for (const path of given) await allow(path).catch((error: Error) => warn(error.message));
      })();
      return isGiven;
    },
  };
}

/** Returns the client's folder; null for one that says nothing, such as the home in which a desktop program starts. */
function ownFolder(cwd: string): string | null {
  const real = realPathOf(cwd);
  return real === null || isWithin(real, realPathOf(homedir()) ?? homedir()) ? null : real;
}

/** Returns the folders of this machine in which the call wants work to be done. */
function foldersNamed({ method, params }: JSONRPCRequest): string[] {
  if (method !== "tools/call") return [];
  const { arguments: given } = params as { arguments?: { tasks?: unknown } };
  const tasks: unknown[] = Array.isArray(given?.tasks) ? given.tasks : [];
  return [given, ...tasks].flatMap((named) => {
    const { workspace, repository } = (named ?? {}) as { workspace?: unknown; repository?: { url?: unknown } };
    return [workspace, repository?.url].filter((path): path is string => typeof path === "string" && isAbsolute(path));
  });
}

function questionAbout(folder: string, role: Role): FolderQuestion {
  const allow = { type: "boolean", title: "Allow this folder", default: true };
  return {
    method: "elicitation/create",
    params: {
      message: `May Banyan's agents work in ${folder} for this client, which has the role ${role}? They change files there. This is asked once; \`banyan token revoke\` takes it back.`,
      requestedSchema: { type: "object", properties: { allow }, required: ["allow"] },
    },
  };
}

function isYes(answer: unknown): boolean {
  const { action, content } = (answer ?? {}) as { action?: unknown; content?: { allow?: unknown } };
  return action === "accept" && content?.allow === true;
}

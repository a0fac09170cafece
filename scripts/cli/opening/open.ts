/** `open`, and `banyan` alone in a terminal: shows the pages in a browser, with a folder chosen for the next task. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { quote } from "shell-quote";
import { isEnded } from "@/core/log/terms";
import { LINK_VALID_MS, signInLink } from "@/lib/auth/auth";
import { ownCommand } from "@/lib/places";
import { actor, type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { INTERRUPTED } from "@/scripts/cli/context/interrupt";
import { print, printJson, warn } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { browserOf, openAddress } from "./browser";
import { ownEnvironment, serverFor } from "./server";

export async function open(context: Context, [named]: (string | undefined)[], flags: Flags): Promise<number> {
  const folder = resolve(context.cwd, named ?? ".");
  const server = await serverFor({ context, isNamed: flags.data !== undefined });
  if (!server) return INTERRUPTED;
  const { path, link, problem } = await addressFor(context, server.url, folder);
  const url = `${server.url}${path}`;
  // The page says the same beside its field.
  if (problem) warn(`No task can work in this folder: ${oneLine(problem)}`);
  const whyNot = flags.browser === false ? "" : await show(context, url, link);
  const started = server.log === null ? null : { pid: server.pid, log: server.log };
  if (context.json) printJson({ url, link, opened: whyNot === null, started });
  else {
    if (whyNot === null) print(`Opened ${url}`);
    else print(whyNot ? `Open ${link ?? url} yourself, because ${whyNot}.` : (link ?? url));
    // A browser in a sandbox may not read the file that leads to the link.
    if (link && whyNot === null) print(`If the browser shows nothing, open: ${link}`);
    if (link) print("Sign in there once, as admin, within 15 minutes.");
    if (started) print(`The server runs in the background. To stop it: ${ownCommand("serve --stop")}${dataOf(flags)}`);
  }
  return 0;
}

/** Returns the option that names the same data folder again. */
function dataOf({ data }: Flags): string {
  return typeof data === "string" ? ` --data ${quote([data])}` : "";
}

interface Address {
  /** The address of the folder's newest tree while that is open, else of Home with the folder chosen. */
  path: string;
  /** Signs in once and leads to the page; null: a browser is signed in. */
  link: string | null;
  /** Why no task can work in the folder. */
  problem: string | null;
}

async function addressFor(context: Context, url: string, folder: string): Promise<Address> {
  return withActing(context, async ({ application: { queries, commands }, store }) => {
    const { last_tree: last, problem } = await queries.getFolder(folder, actor());
    const isOpen = last !== null && !isEnded(last.status);
    const path = isOpen ? `/trees/${last.id}` : `/?workspace=${encodeURIComponent(folder)}`;
    if (store.people.hasSession()) return { path, link: null, problem };
    const { token } = await commands.createSignInLink();
    return { path, link: `${signInLink(url, token)}&callbackUrl=${encodeURIComponent(path)}`, problem };
  });
}

/** Resolves with why the browser does not show the page; null: it does. */
async function show(context: Context, url: string, link: string | null): Promise<string | null> {
  const browser = browserOf(process.env, process.platform);
  if (!browser) return "this session has no display";
  const address = link ? pathToFileURL(leadTo(link, context.settings.dataDir)).href : url;
  return openAddress(browser, address, await ownEnvironment(context.checkout));
}

/**
 * Writes a page that leads to the link. Every user of the machine can read a browser's arguments, and only its owner
 * can read this file. An installed package's data is in a hidden folder, which browsers in a sandbox may not read.
 */
function leadTo(link: string, dataDir: string): string {
  const folder = join(dataDir, "open");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const old = join(folder, name);
    const made = statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - made > LINK_VALID_MS) rmSync(old, { force: true });
  }
  const file = join(folder, `${randomUUID()}.html`);
  const to = link.replaceAll("&", "&amp;");
  const text = `<!doctype html><meta charset="utf-8"><title>Banyan</title><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${to}"><a href="${to}">Open Banyan</a>
`;
  writeFileSync(file, text, { mode: 0o600, flag: "wx" });
  return file;
}

import path from "node:path";
import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { checkDoors } from "./doors";
import { faultLine } from "./fault";
import { readSources } from "./sources";

const check = (files: Record<string, string>) => checkDoors(readSources(fixture(files))).map(faultLine);

const PAGE = `import { enter } from "@/app/enter";

export const metadata: Metadata = { title: "Home" };

export default async function HomePage({ params }: { params: Promise<{ id: string }> }) {
  const { queries } = await enter();
  return <p>{(await queries.getTree((await params).id)).title}</p>;
}
`;
const ACTIONS = `"use server";

import { act } from "@/app/act";

export async function pauseTask(
  id: string,
): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.pause(id, actor));
}
`;
const PROGRAM = 'define("trees", "list", async () => (await import("./commands/show")).trees);\n';
const COMMAND =
  "export const trees = (context: Context) => withReadRuntime(context, ({ queries }) => queries.listTrees());\n";

test("accepts entry points that check who comes in", () => {
  const files = {
    "app/(signed-in)/page.tsx": PAGE,
    "app/actions/tasks.ts": ACTIONS,
    "scripts/cli/program.ts": PROGRAM,
    "scripts/cli/commands/show.ts": COMMAND,
    "app/not-found.tsx": "export default function NotFound() {\n  return <p>Not found</p>;\n}\n",
  };
  expect(check(files)).toEqual([]);
});

test.each([
  ["a page that asks nobody", "app/x/page.tsx", PAGE.replace("await enter()", "application()"), "does not begin with"],
  [
    "a page that asks too late",
    "app/x/page.tsx",
    PAGE.replace("  const {", "  const secret = await read();\n  const {"),
    "does not begin with",
  ],
  [
    "the title of a page",
    "app/x/page.tsx",
    `${PAGE}\nexport async function generateMetadata() {\n  return { title: await read() };\n}\n`,
    "does not begin with",
  ],
  [
    "a page that names it only",
    "app/x/page.tsx",
    PAGE.replace("await enter()", "x // await enter()"),
    "does not begin with",
  ],
  ["an arrow as a page", "app/x/page.tsx", "export default async () => read();\n", "cannot be checked"],
  ["a page from elsewhere", "app/x/page.tsx", 'export { default } from "../page";\n', "cannot be checked"],
  ["a page without exports", "app/x/page.tsx", "const page = 1;\n", "exports no function"],
  [
    "a layout",
    "app/x/layout.tsx",
    "export default async function Layout() {\n  return read();\n}\n",
    "does not begin with",
  ],
  [
    "a route of Next.js",
    "app/api/x/route.ts",
    "export async function GET() {\n  return read();\n}\n",
    "does not begin with",
  ],
  ["a route as a constant", "app/api/x/route.ts", "export const GET = async () => read();\n", "cannot be checked"],
  [
    "an action",
    "app/actions/x.ts",
    '"use server";\n\nexport async function read() {\n  return all();\n}\n',
    "an action without",
  ],
  [
    "one action of two",
    "app/actions/x.ts",
    `${ACTIONS}\nexport async function read() {\n  return all();\n}\n`,
    "app/actions/x.ts:11: an action without",
  ],
  [
    "an arrow as an action",
    "app/actions/x.ts",
    '"use server";\n\nexport const read = async () => all();\n',
    "an action without",
  ],
  [
    "an action in a component",
    "app/x/view.tsx",
    'async function read() {\n  "use server";\n  return all();\n}\n',
    "has an action among other code",
  ],
  [
    "an API that takes everything",
    "server/http/v2/handle.ts",
    "export function handle(app: Application) {}\n",
    "take a GuardedApplication",
  ],
  [
    "an MCP endpoint that takes everything",
    "server/mcp/x.ts",
    "export function handle(app: Application) {}\n",
    "take a GuardedApplication",
  ],
  [
    "a door of HTTP that takes everything",
    "server/doors.ts",
    "function answer(app: Application) {}\n",
    "take a GuardedApplication",
  ],
  [
    "another server",
    "scripts/admin.ts",
    "createServer((request, response) => response.end(all()));\n",
    "starts its own server",
  ],
  [
    "another socket",
    "server/live/admin.ts",
    'import { Server } from "socket.io";\nnew Server();\n',
    "opens its own socket",
  ],
  [
    "a socket that serves everything",
    "server/live/attach.ts",
    'import { Server } from "socket.io";\nio.on("connection", (socket) => serve(socket, everything));\n',
    "serves a socket with something",
  ],
  [
    "a command with a database of its own",
    "scripts/cli/x.ts",
    "export const x = () => openStore(file);\n",
    "uses openStore",
  ],
  [
    "a command with everything",
    "scripts/cli/x.ts",
    "export const x = () => openActing(options).application;\n",
    "uses openActing",
  ],
  [
    "an action that takes everything",
    "app/actions/y.ts",
    "const app = applicationFor(nobody);\n",
    "uses applicationFor",
  ],
  [
    "an opener that is renamed on import",
    "scripts/cli/x.ts",
    'const { openStore: open } = await import("@/db/store");\n',
    "uses openStore",
  ],
  [
    "a page that enters later",
    "app/x/page.tsx",
    PAGE.replace("= await enter()", "= later(async () => await enter())"),
    "does not begin with",
  ],
  ["a file that lets itself in", "app/x/y.ts", "const app = guarded(everything, admin);\n", "uses guarded"],
  ["an opener under another name", "scripts/cli/x.ts", "const open = createRuntime;\n", "uses createRuntime"],
])("%s is found", (_, file, text, message) => {
  const faults = check({ [file]: text });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(message);
});

test("finds a command that does not use the context's application", () => {
  const files = {
    "scripts/cli/program.ts": PROGRAM,
    "scripts/cli/commands/show.ts": "export const trees = () => read();\n",
  };
  expect(check(files)).toEqual([
    expect.stringContaining("scripts/cli/commands/show.ts: a command that gets no application"),
  ]);
});

test("Banyan itself has no unguarded entry point", () => {
  const sources = readSources(path.resolve(import.meta.dirname, "../.."));
  expect(checkDoors(sources).map(faultLine)).toEqual([]);
  // Proves that the check sees the real entry points: without their guards it finds each of them.
  const unlocked = sources.map(({ file, text }) => ({
    file,
    text: text.replaceAll("await enter()", "anybody").replaceAll("return act(", "return done("),
  }));
  const found = new Set(checkDoors(unlocked).map(({ file }) => file));
  const doors = sources.filter(
    ({ file, text }) => /^app\/\(signed-in\)\/(.*\/)?(page|layout)\.tsx$/.test(file) || text.startsWith('"use server"'),
  );
  expect(doors.length).toBeGreaterThanOrEqual(13);
  for (const { file } of doors) expect([file, found.has(file)]).toEqual([file, true]);
});

/**
 * Every door goes through `agents/guard.ts`. Whoever opens a new one (a page, an action, a route, a socket, a command) gets
 * the application in one of the ways below or is found here. What a door does with it, the types see to: what takes a
 * `GuardedApplication` cannot be given another.
 */
import type { Fault } from "./fault";
import { blank, isCode, isTest, lineAt, type SourceFile } from "./sources";

/** What hands out an application, or the database itself, and the only files that may call it. */
const OPENERS: Record<string, RegExp> = {
  "createCommands|createQueries": /^agents\/(acting|commands|looking|queries)\.ts$/,
  "openActing|openLooking": /^(agents\/(acting|looking|runtime)|scripts\/cli\/context)\.ts$/,
  // The server and a command's own worker work on tasks; what they hand to doors is guarded.
  createRuntime: /^(agents\/runtime|scripts\/(server|cli\/own-worker|bench\/.+))\.ts$/,
  // These commands are about the file: whoever may open it owns all of it.
  openStore: /^(db\/.+|agents\/looking|scripts\/cli\/(backup|doctor|migrate))\.ts$/,
  "guarded|guardedQueries|setApplication|applicationFor":
    /^(agents\/guard|app\/enter|scripts\/server-web|scripts\/cli\/context)\.ts$/,
};

const ROUTED = /^app\/(.*\/)?(page|layout|template|default|route)\.tsx?$/;
/** They show nothing of anybody. */
const OPEN_TO_EVERYBODY = new Set(["app/layout.tsx", "app/signin/page.tsx"]);
/** Exports of a page that are no door. */
const PLAIN_EXPORT = /^export (const metadata\b|type |interface )/;
const ENTERS = /\bawait enter\(\)/;
const ACTS = /\bawait enter\(\)|\breturn act\(/;

const PROGRAM = "scripts/cli/program.ts";
/** Commands that use no application: the server, and what is done to the file of the database. */
const WITHOUT_APPLICATION = new Set(["backup", "doctor", "migrate", "serve"]);
const USES_CONTEXT = /\b(withLooking|withActing|act)\(/;

export function checkDoors(sources: SourceFile[]): Fault[] {
  const code = sources.filter(({ file }) => isCode(file) && !isTest(file));
  return [
    ...code.flatMap(checkOpeners),
    ...code.filter(({ file }) => ROUTED.test(file) && !OPEN_TO_EVERYBODY.has(file)).flatMap(checkPage),
    ...code.filter(({ file }) => file.startsWith("app/")).flatMap(checkActions),
    ...code.flatMap(checkRawType),
    ...code.flatMap(checkListener),
    ...checkCommands(code),
  ];
}

function checkOpeners({ file, text }: SourceFile): Fault[] {
  const plain = blank(text, { strings: true });
  return Object.entries(OPENERS).flatMap(([names, files]) => {
    if (files.test(file)) return [];
    return [...plain.matchAll(new RegExp(`(?<![.\\w]|function )(${names})\\b(?!\\s*:)`, "g"))].map((match) => ({
      file,
      line: lineAt(plain, match.index),
      message: `uses ${match[1]}: a door gets the application from \`enter\`, \`withLooking\` or \`withActing\``,
    }));
  });
}

/** Each exported function enters before anything else can happen; what is exported otherwise cannot be checked. */
function checkPage({ file, text }: SourceFile): Fault[] {
  const found = exportsOf(text).filter(({ head }) => !PLAIN_EXPORT.test(head));
  const faults = found.flatMap(({ head, body, line }) => {
    if (!/^export (default )?async function/.test(head))
      return [{ file, line, message: "exports this in a way that cannot be checked: write `export async function`" }];
    if (ENTERS.test(firstStatement(body))) return [];
    return [{ file, line, message: "does not begin with `await enter()`: whoever opens it is not asked who they are" }];
  });
  return found.length > 0 ? faults : [{ file, message: "exports no function that enters" }];
}

function checkActions({ file, text }: SourceFile): Fault[] {
  const plain = blank(text, { strings: false });
  const isFileOfActions = /^\s*["']use server["']/.test(plain);
  const inner = isFileOfActions ? null : /["']use server["']/.exec(plain);
  if (inner)
    return [
      {
        file,
        line: lineAt(plain, inner.index),
        message: "an action inside of another file: give it a file of actions",
      },
    ];
  if (!isFileOfActions) return [];
  return exportsOf(text).flatMap(({ head, body, line }) => {
    if (PLAIN_EXPORT.test(head)) return [];
    if (/^export async function/.test(head) && ACTS.test(body)) return [];
    return [{ file, line, message: "an action that neither enters nor is done by `act`: anybody may call it" }];
  });
}

/** A door that takes the application takes it guarded. */
function checkRawType({ file, text }: SourceFile): Fault[] {
  const isDoor = file.startsWith("app/") || file === "scripts/http-doors.ts" || file === "scripts/metrics.ts";
  const plain = blank(text, { strings: true });
  const found = isDoor ? /\bApplication\b/.exec(plain) : null;
  return found
    ? [{ file, line: lineAt(plain, found.index), message: "takes an Application: take a GuardedApplication" }]
    : [];
}

function checkListener({ file, text }: SourceFile): Fault[] {
  const plain = blank(text, { strings: false });
  const faults: Fault[] = [];
  const isServed = /^(app|agents|components|db|seeds)\//.test(file) || /^scripts\/(?!bench\/)/.test(file);
  const listens =
    isServed && !/^scripts\/(server-web\.ts|port\.mjs)$/.test(file) ? /\bcreate(Secure)?Server\(/.exec(plain) : null;
  if (listens)
    faults.push({
      file,
      line: lineAt(plain, listens.index),
      message: "listens for itself: doors are in scripts/http-doors.ts",
    });
  const socket = /^import (?!type)[^;]*["']socket\.io["']/m.exec(plain);
  if (socket && file !== "lib/socket/attach.ts")
    faults.push({
      file,
      line: lineAt(plain, socket.index),
      message: "opens a socket of its own: rooms are opened in lib/socket/attach.ts",
    });
  else if (socket && [...plain.matchAll(/\bserve\(socket, (?!enter\(actor\))/g)].length > 0)
    faults.push({ file, message: "serves a socket with something that `enter(actor)` did not give" });
  return faults;
}

function checkCommands(code: SourceFile[]): Fault[] {
  const program = code.find(({ file }) => file === PROGRAM);
  if (!program) return [];
  const names = [...program.text.matchAll(/import\("\.\/([\w-]+)"\)/g)].map((match) => match[1] ?? "");
  return [...new Set(names)].flatMap((name) => {
    const file = `scripts/cli/${name}.ts`;
    const text = code.find((one) => one.file === file)?.text ?? "";
    if (WITHOUT_APPLICATION.has(name) || USES_CONTEXT.test(blank(text, { strings: true }))) return [];
    return [
      {
        file,
        message: "a command that takes the application from nowhere: use withLooking or withActing of ./context",
      },
    ];
  });
}

interface Exported {
  head: string;
  body: string;
  line: number;
}

/** Everything that a file exports at its top level, as the formatter writes it: up to the next line that begins at the margin. */
function exportsOf(text: string): Exported[] {
  const plain = blank(text, { strings: false });
  return [...plain.matchAll(/^export .*(?:\n(?:[ \t}\])].*)?)*/gm)].map((match) => ({
    head: match[0],
    body: match[0],
    line: lineAt(plain, match.index),
  }));
}

function firstStatement(body: string): string {
  return /\{\n([^\n]*)/.exec(body.slice(body.search(/\) *(:[^\n]*)?\{\n/)))?.[1] ?? "";
}

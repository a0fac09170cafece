/**
 * Finds entry points that bypass `agents/guard/guard.ts`. A new page, action, route, socket or command must get the
 * application in one of the ways below. Types check the rest: a function that takes a `GuardedApplication` accepts no other.
 */
import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";
import { around, type FunctionNode, isFunction, lineOf, type Node, ownPlaces, type Place, syntaxOf } from "./syntax";

/** Functions that hand out the application or the database, each with the only files that may call it. */
const OPENERS: Record<string, RegExp> = {
  "createCommands|createQueries": /^agents\/(boot\/(acting|read-runtime)|commands\/commands|queries\/queries)\.ts$/,
  "openActing|openReadRuntime":
    /^(agents\/boot\/(acting|read-runtime|runtime)|scripts\/cli\/context\/context|eval\/runtime)\.ts$/,
  // The server and a command's worker run tasks; they hand only the guarded application to entry points.
  createRuntime:
    /^(agents\/boot\/runtime|server\/serve|scripts\/(cli\/context\/own-worker|bench\/.+)|eval\/runtime)\.ts$/,
  // These work on the database file: anyone who can open the file owns all of it.
  openStore:
    /^(db\/.+|agents\/boot\/read-runtime|scripts\/(check\/releases\/cross-read|cli\/(commands\/(backup|migrate)|doctor\/doctor)))\.ts$/,
  // The proof that a link shows to people who have not signed in.
  sharedProof: /^(agents\/guard\/guard|app\/proof\/\[secret\]\/page|server\/web)\.tsx?$/,
  // A schedule submits as the person who made it, with that person's present rights.
  "guarded|guardedQueries|setApplication|applicationFor":
    /^(agents\/(guard\/guard|boot\/on-(schedule|forges|evolution))|app\/enter|server\/web|scripts\/cli\/context\/context)\.ts$/,
};

const OPENED_BY = new Map(
  Object.entries(OPENERS).flatMap(([names, files]) => names.split("|").map((name) => [name, files] as const)),
);

const ROUTED = /^app\/(.*\/)?(page|layout|template|default|route)\.tsx?$/;
/** Pages that show no user data, and the page of a proof that a person shared by link. */
const OPEN_TO_EVERYBODY = new Set(["app/layout.tsx", "app/signin/page.tsx", "app/proof/[secret]/page.tsx"]);

const PROGRAM = "scripts/cli/program.ts";
/** Commands that need no application: the server and its releases, the database file, and the gates of any repository. */
const WITHOUT_APPLICATION = new Set([
  "commands/gates",
  "commands/migrate",
  "commands/serve",
  "doctor/doctor",
  "releases/releases",
  "releases/upgrade",
]);
const USES_CONTEXT = new Set(["withReadRuntime", "withActing", "act"]);

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

/** Whether a file uses a function that hands out the application or the database without a guard. */
export function opensAll(source: SourceFile): boolean {
  return HOLDS_ALL.has(source.file) || syntaxOf(source).places.some((place) => openersOf(place) !== undefined);
}

function openersOf(place: Place): RegExp | undefined {
  const { node } = place;
  return node.type === "Identifier" && !isOnlyAName(place) ? OPENED_BY.get(node.name) : undefined;
}

function checkOpeners(source: SourceFile): Fault[] {
  const { file } = source;
  const seen = new Set<number>();
  return syntaxOf(source).places.flatMap((place) => {
    const { node } = place;
    const files = openersOf(place);
    if (node.type !== "Identifier" || seen.has(node.start) || !files || files.test(file)) return [];
    // `{ guarded }` is a key and a value at the same position; report it once.
    seen.add(node.start);
    const message = `uses ${node.name}: get the application from \`enter\`, \`withReadRuntime\` or \`withActing\` instead`;
    return [{ file, line: lineOf(source, node.start), message }];
  });
}

/** Whether the name belongs to something else: a field, function or parameter that happens to have the same name. */
function isOnlyAName({ node, parent }: Place): boolean {
  const holder = parent?.node;
  if (holder?.type === "MemberExpression") return holder.property === node && !holder.computed;
  if (holder?.type === "Property")
    return holder.key === node && !holder.shorthand && parent?.parent?.node.type !== "ObjectPattern";
  if (holder && isFunction(holder)) return holder.id === node || holder.params.some((param) => param === node);
  return holder?.type === "TSPropertySignature" || holder?.type === "TSMethodSignature";
}

/** Checks that each exported function calls `enter` first. Other forms of export cannot be checked, so they are faults. */
function checkPage(source: SourceFile): Fault[] {
  const { file } = source;
  const found = exportsOf(source);
  const faults = found.flatMap(({ action, line }) => {
    if (!action)
      return [{ file, line, message: "exports this in a way that cannot be checked: write `export async function`" }];
    if (ownPlaces(source, action).some((place) => isEntering(place.node) && isInFirst(place, action))) return [];
    return [{ file, line, message: "does not begin with `await enter()`: anybody can open it without signing in" }];
  });
  return found.length > 0 ? faults : [{ file, message: "exports no function that calls `enter`" }];
}

function checkActions(source: SourceFile): Fault[] {
  const { file } = source;
  const marks = syntaxOf(source).places.filter(({ node }) => node.type === "Literal" && node.value === "use server");
  const inner = marks.find((mark) => !isDirectiveOfFile(mark));
  if (marks.length === 0) return [];
  if (inner && marks.length === 1)
    return [
      {
        file,
        line: lineOf(source, inner.node.start),
        message: 'has an action among other code: move the action into a file that begins with "use server"',
      },
    ];
  return exportsOf(source).flatMap(({ action, line, isDefault }) => {
    const does = action && !isDefault ? ownPlaces(source, action) : [];
    if (does.some(({ node }) => isEntering(node) || isActing(node))) return [];
    return [{ file, line, message: "an action without `enter` or `act`: anybody can call it" }];
  });
}

function isDirectiveOfFile(mark: Place): boolean {
  const [statement, program] = around(mark);
  return program?.type === "Program" && program.body[0] === statement;
}

/** `await enter()` */
function isEntering(node: Node): boolean {
  return node.type === "AwaitExpression" && isCall(node.argument, "enter") && node.argument.arguments.length === 0;
}

/** `return act(…)` */
function isActing(node: Node): boolean {
  return node.type === "ReturnStatement" && node.argument !== null && isCall(node.argument, "act");
}

function isCall(node: Node, name: string): node is Extract<Node, { type: "CallExpression" }> {
  return node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === name;
}

/** Whether a place is in the first statement of a function. */
function isInFirst(place: Place, { body }: FunctionNode): boolean {
  return body?.type === "BlockStatement" && body.body[0] !== undefined && around(place).includes(body.body[0]);
}

/** These files build the application and hand it out guarded; the rooms of a socket use what `enter(actor)` returned. */
const HOLDS_ALL = new Set(["server/serve.ts", "server/web.ts", "server/live/source.ts"]);

/** Finds code in `app/` and `server/` that takes the application without its guard. */
function checkRawType(source: SourceFile): Fault[] {
  const { file } = source;
  if (!/^(app|server)\//.test(file) || HOLDS_ALL.has(file)) return [];
  const found = syntaxOf(source).places.find(({ node }) => node.type === "Identifier" && node.name === "Application");
  if (!found) return [];
  return [
    {
      file,
      line: lineOf(source, found.node.start),
      message: "takes an Application: take a GuardedApplication instead",
    },
  ];
}

function checkListener(source: SourceFile): Fault[] {
  return [...checkServers(source), ...checkSockets(source)];
}

function checkServers(source: SourceFile): Fault[] {
  const { file } = source;
  const isServed = /^(app|agents|components|db|seeds|server)\//.test(file) || /^scripts\/(?!bench\/)/.test(file);
  if (!isServed || /^(server\/(web|bound-port)\.ts|scripts\/port\.mjs)$/.test(file)) return [];
  const found = syntaxOf(source).places.find(
    ({ node }) => node.type === "CallExpression" && /^create(Secure)?Server$/.test(calledName(node.callee)),
  );
  if (!found) return [];
  return [
    { file, line: lineOf(source, found.node.start), message: "starts its own server: add a route in server/doors.ts" },
  ];
}

function checkSockets(source: SourceFile): Fault[] {
  const { file } = source;
  const { module, places } = syntaxOf(source);
  const socket = module.staticImports.find(
    ({ moduleRequest, entries }) => moduleRequest.value === "socket.io" && !entries.every((entry) => entry.isType),
  );
  if (!socket) return [];
  if (file !== "server/live/attach.ts") {
    const message = "opens its own socket: open rooms in server/live/attach.ts";
    return [{ file, line: lineOf(source, socket.start), message }];
  }
  return places.some(({ node }) => isServing(node) && !isForActor(node.arguments[1]))
    ? [{ file, message: "serves a socket with something other than the result of `enter(actor)`" }]
    : [];
}

/** `serve(socket, …)` */
function isServing(node: Node): node is Extract<Node, { type: "CallExpression" }> {
  const [first] = isCall(node, "serve") ? node.arguments : [];
  return first?.type === "Identifier" && first.name === "socket";
}

/** `enter(actor)` */
function isForActor(node: Node | undefined): boolean {
  const [actor] = node && isCall(node, "enter") ? node.arguments : [];
  return actor?.type === "Identifier" && actor.name === "actor";
}

function calledName(callee: Node): string {
  if (callee.type === "MemberExpression") return calledName(callee.property);
  return callee.type === "Identifier" ? callee.name : "";
}

function checkCommands(code: SourceFile[]): Fault[] {
  const program = code.find(({ file }) => file === PROGRAM);
  if (!program) return [];
  const names = syntaxOf(program).places.flatMap(({ node }) => {
    if (node.type !== "ImportExpression" || node.source.type !== "Literal") return [];
    return /^(?:\.\/|@\/scripts\/cli\/)([\w/-]+)$/.exec(String(node.source.value))?.[1] ?? [];
  });
  return [...new Set(names)].flatMap((name) => {
    const file = `scripts/cli/${name}.ts`;
    const source = code.find((sourceFile) => sourceFile.file === file);
    const usesContext = source && syntaxOf(source).places.some(({ node }) => usesContextOf(node));
    if (WITHOUT_APPLICATION.has(name) || usesContext) return [];
    return [
      {
        file,
        message: "a command that gets no application: use withReadRuntime or withActing of cli/context",
      },
    ];
  });
}

function usesContextOf(node: Node): boolean {
  return node.type === "CallExpression" && USES_CONTEXT.has(calledName(node.callee));
}

interface Exported {
  /** The function of an `export async function`; undefined for other exports, which cannot be checked. */
  action: FunctionNode | undefined;
  isDefault: boolean;
  line: number;
}

/** Returns what a file exports at its top level, without types and `metadata`. */
function exportsOf(source: SourceFile): Exported[] {
  const statements = syntaxOf(source).places.filter(({ parent }) => parent && !parent.parent);
  return statements.flatMap(({ node }) => {
    if (!/^Export/.test(node.type) || isPlainExport(node)) return [];
    const declared = "declaration" in node ? node.declaration : null;
    const action = declared && "async" in declared && declared.type === "FunctionDeclaration" ? declared : undefined;
    const isDefault = node.type === "ExportDefaultDeclaration";
    return [{ action: action?.async ? action : undefined, isDefault, line: lineOf(source, node.start) }];
  });
}

/** Whether a page's export is no entry point: a type or `metadata`. */
function isPlainExport(node: Node): boolean {
  if (node.type !== "ExportNamedDeclaration") return false;
  const { declaration } = node;
  if (node.exportKind === "type" || declaration?.type === "TSInterfaceDeclaration") return true;
  return (
    declaration?.type === "VariableDeclaration" &&
    declaration.declarations.every(({ id }) => id.type === "Identifier" && id.name === "metadata")
  );
}

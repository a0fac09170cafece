/**
 * The users of a cell, as nats-server's configuration. Each runner has an account of its own, and lists say which
 * subjects cross. Permissions within one account would not do: NATS answers a question to any subject that the question
 * names, so a runner that may read its packs could have NATS deliver one to another runner as a call.
 */
import { packsBucket, subjects } from "../names";

export interface CellUsers {
  cell: string;
  /** Public nkeys. */
  server: string;
  runners: Readonly<Record<string, string>>;
}

/** Returns the part of a configuration that belongs between the braces of `accounts`. */
export function accountsOf({ cell, server, runners }: CellUsers): string {
  const names = Object.keys(runners).sort();
  const blocks = names.flatMap((name) => runnerAccount(cell, name, runners[name] ?? ""));
  return `${[...serverAccount(cell, server, names), ...blocks].join("\n")}\n`;
}

function serverAccount(cell: string, key: string, runners: readonly string[]): string[] {
  const exports = runners.flatMap((name) =>
    asksOfRunner(cell, name).map((subject) => exported(accountOf(cell, name), subject)),
  );
  const imports = runners.flatMap((name) =>
    asksOfServer(cell, name).map((subject) => imported(accountOf(cell, name), subject)),
  );
  return account(serverAccountOf(cell), key, { exports, imports, lines: ["  jetstream: enabled"] });
}

function runnerAccount(cell: string, name: string, key: string): string[] {
  const exports = asksOfServer(cell, name).map((subject) => exported(serverAccountOf(cell), subject));
  const imports = asksOfRunner(cell, name).map((subject) => imported(serverAccountOf(cell), subject));
  return account(accountOf(cell, name), key, { exports, imports, lines: [] });
}

/** What a runner may send, each with an answer from NATS if it asks for one. */
function asksOfRunner(cell: string, name: string): string[] {
  return [
    subjects.chunk(cell, name, "*"),
    subjects.outcome(cell, name, "*"),
    subjects.presence(cell, name),
    `$O.${packsBucket(cell, name)}.>`,
    subjects.packRead(cell, name),
  ];
}

/** What the server may ask a runner. */
function asksOfServer(cell: string, name: string): string[] {
  return [subjects.call(cell, name), subjects.input(cell, name, "*"), subjects.cancel(cell, name, "*")];
}

// Services only, also for what has no answer: a stream's import can be lost when nodes read a new account.
function exported(to: string, subject: string): string {
  return `{ service: "${subject}", accounts: [ ${to} ] }`;
}

function imported(from: string, subject: string): string {
  return `{ service: { account: ${from}, subject: "${subject}" } }`;
}

interface Crossing {
  exports: readonly string[];
  imports: readonly string[];
  lines: readonly string[];
}

function account(name: string, key: string, { exports, imports, lines }: Crossing): string[] {
  const list = (word: string, items: readonly string[]) =>
    items.length > 0 ? [`  ${word}: [`, ...items.map((item) => `    ${item}`), "  ]"] : [];
  const body = [`  users: [ { nkey: ${key} } ]`, ...lines, ...list("exports", exports), ...list("imports", imports)];
  return [`${name}: {`, ...body, "}"];
}

function serverAccountOf(cell: string): string {
  return `banyan_${cell}`;
}

function accountOf(cell: string, runner: string): string {
  return `banyan_${cell}_${runner}`;
}

/**
 * Compiles statements when they are first used. The parts of the store prepare 1,200 statements when they open, of which a
 * command or a short-lived worker uses a few: to compile all takes most of the time of opening.
 */
import type { Statement } from "better-sqlite3";
import type { Sqlite } from "./sqlite";

/** What a statement returns rows as. Set before its first use, or after. */
const MODES = ["pluck", "expand", "raw", "safeIntegers"] as const;
/** What only a compiled statement can do. */
const CALLS = ["run", "get", "all", "iterate", "columns", "bind"] as const;
const FACTS = ["reader", "readonly", "busy", "database"] as const;

type Own = Record<string, unknown>;

/** Every later `prepare` of the connection returns a statement that SQLite has not seen yet; a fault in it shows at its first use. */
export function prepareLazily(sqlite: Sqlite): void {
  const prepare = sqlite.prepare.bind(sqlite) as (source: string) => Statement;
  sqlite.prepare = ((source: string) => lazyStatement(source, () => prepare(source))) as typeof sqlite.prepare;
}

function lazyStatement(source: string, prepare: () => Statement): Statement {
  const own: Own = { source };
  const modes: [(typeof MODES)[number], unknown[]][] = [];
  let statement: Statement | null = null;
  const compiled = (): Statement => {
    if (statement) return statement;
    const made = prepare();
    for (const [mode, given] of modes) call(made, mode, given);
    // From now on a call reaches the statement directly.
    for (const name of CALLS) own[name] = (made[name] as (...given: unknown[]) => unknown).bind(made);
    statement = made;
    return made;
  };
  for (const mode of MODES)
    own[mode] = (...given: unknown[]) => {
      if (statement) call(statement, mode, given);
      else modes.push([mode, given]);
      return own;
    };
  for (const name of CALLS) own[name] = (...given: unknown[]) => call(compiled(), name, given);
  for (const fact of FACTS) Object.defineProperty(own, fact, { get: () => compiled()[fact] });
  return own as unknown as Statement;
}

function call(statement: Statement, name: (typeof MODES | typeof CALLS)[number], given: unknown[]): unknown {
  return (statement[name] as (...given: unknown[]) => unknown)(...given);
}

/**
 * A store whose statements SQLite compiles when they are first used. A store has some 750 statements, and compiling
 * them took almost half of the simulation's time, because each of its short-lived processes opens a store.
 */
import Database, { type Statement } from "better-sqlite3";
import { openStore, type Store, type StoreOptions } from "@/db/store";

/** The methods of a statement that the code uses. */
class LateStatement {
  readonly #compile: () => Statement;
  #compiled: Statement | undefined;
  #form: "pluck" | "raw" | undefined;

  constructor(compile: () => Statement) {
    this.#compile = compile;
  }

  #statement(): Statement {
    if (this.#compiled) return this.#compiled;
    const compiled = this.#compile();
    this.#compiled = this.#form ? compiled[this.#form]() : compiled;
    return this.#compiled;
  }

  pluck(): this {
    this.#form = "pluck";
    return this;
  }

  raw(): this {
    this.#form = "raw";
    return this;
  }

  run(...values: unknown[]) {
    return this.#statement().run(...values);
  }

  get(...values: unknown[]) {
    return this.#statement().get(...values);
  }

  all(...values: unknown[]) {
    return this.#statement().all(...values);
  }

  iterate(...values: unknown[]) {
    return this.#statement().iterate(...values);
  }
}

/** Opens a store as `openStore` does. */
export function openLateStore(file: string, options: StoreOptions): Store {
  const { prepare } = Database.prototype;
  const prepareLate = function (this: Database.Database, sql: string) {
    return new LateStatement(() => prepare.call(this, sql) as Statement);
  };
  Database.prototype.prepare = prepareLate as unknown as typeof prepare;
  try {
    return openStore(file, options);
  } finally {
    Database.prototype.prepare = prepare;
  }
}

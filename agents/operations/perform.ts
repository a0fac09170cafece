/** Runs an operation for an actor: the only path from every entry point to what an operation does. */
import { z } from "zod";
import { type Operator, UserError } from "@/agents/application";
import type { Actor } from "@/core/rules/roles";
import type { Redactor } from "@/lib/secrets/redact";
import { type AuditSources, type Told, withRow } from "./audit";
import { type AnyOperation, type Checked, type Operations, type Reach, takesOnce, type Unbound } from "./operation";
import { parse, text } from "./parse";
import { refusal } from "./permission";

/** The dependencies of every operation. */
export interface House<World> {
  world: World;
  audit: AuditSources;
  redactor: Pick<Redactor, "redactValue">;
  /** Throws UserError when the actor may not direct what an operation reaches. */
  checkReach(reach: Reach, actor: Actor): void;
}

export function createOperator<World>(operations: Operations<World>, house: House<World>): Operator {
  const find = (name: string) => (Object.hasOwn(operations, name) ? operations[name] : undefined);
  return {
    rightOf: (name) => find(name)?.right,
    isOpen(name) {
      const operation = find(name);
      return operation?.http !== undefined || operation?.onPages === true;
    },
    takesOnce: (name) => takesOnce(find(name)?.input),
    async run(name, given, actor) {
      const operation = find(name);
      if (!operation) throw new UserError("not_found", `There is no operation ${name}.`);
      return perform(name, operation, given, actor, house);
    },
  };
}

/** Returns the operations as methods. Each goes through `perform`, as all do. */
export function unbound<Table extends Operations>(operations: Table, operator: Operator): Unbound<Table> {
  const methods = Object.keys(operations).map((name) => [
    name,
    (given: unknown, actor: Actor) => operator.run(name, given, actor),
  ]);
  return Object.fromEntries(methods);
}

/** The permission is checked before the input, so that a refusal reveals nothing about the form of inputs. */
async function perform<World>(
  name: string,
  operation: AnyOperation<World>,
  given: unknown,
  actor: Actor,
  { world, audit, redactor, checkReach }: House<World>,
): Promise<unknown> {
  const refused = refusal(actor, operation.right, name);
  const read = readInput(operation, given);
  if (!refused && "fault" in read) throw read.fault;
  const told = "input" in read ? toldOf(operation, read.input) : {};
  return withRow(
    name,
    { actor, ...told },
    audit,
    async () => {
      if (refused) throw refused;
      const { input } = read as { input: Checked };
      if (operation.reach) checkReach(operation.reach(input), actor);
      // A key that somebody pasted into a text is stored nowhere.
      const clean = operation.keepsSecrets ? input : redactor.redactValue(input);
      return operation.run(clean, actor, world);
    },
    operation.made,
  );
}

function readInput(operation: AnyOperation<never>, given: unknown): { input: Checked } | { fault: unknown } {
  try {
    return { input: inputOf(operation, given) };
  } catch (fault) {
    return { fault };
  }
}

/** Returns the checked input. Throws `UserError` invalid. */
function inputOf({ on, input = NOTHING }: AnyOperation, given: unknown): Checked {
  if (on === undefined) return { ...parse(input, given) };
  const { id, ...fields } = parse(OF_ONE, given);
  return { ...parse(input, fields), id };
}

const NOTHING = z.strictObject({});
const OF_ONE = z.looseObject({ id: text });

function toldOf(operation: AnyOperation, input: Checked): Omit<Told, "actor"> {
  const { on, audit } = operation;
  const fields = Object.fromEntries(audit.map((field) => [field, input[field]]));
  const detail = { ...fields, ...operation.tells?.(input) };
  if (on !== undefined) return { detail, of: on, subject: String(input.id) };
  const named = operation.names?.(input);
  if (named === undefined) return { detail };
  return typeof named === "string" ? { detail, subject: named } : { detail, of: "unit", subject: named.unit };
}

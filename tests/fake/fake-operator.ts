/** The operations of the fake server: their real declarations, with effects in memory. */
import { type Actor, type Operator, UserError } from "@/agents/application";
import { operations } from "@/agents/commands/operations";
import type { AnyOperation, Unbound } from "@/agents/operations/operation";
import { createOperator } from "@/agents/operations/perform";
import { NO_AUDIT } from "@/tests/agents/no-audit";

export type FakeOperations = Partial<Unbound<typeof operations>>;

export function fakeOperator(methods: FakeOperations): Operator {
  const known = methods as Record<string, (input: unknown, actor: Actor) => Promise<object>>;
  const faked = Object.entries<AnyOperation>(operations).map(([name, operation]) => {
    const run = known[name] ?? unsupported;
    return [name, { ...operation, run }] as const;
  });
  return createOperator(Object.fromEntries(faked), {
    world: undefined,
    checkReach: () => {},
    redactor: { redactValue: (value) => value },
    audit: NO_AUDIT,
  });
}

async function unsupported(): Promise<never> {
  throw new UserError("unavailable", "The fake server cannot do this.");
}

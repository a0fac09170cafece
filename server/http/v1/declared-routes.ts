/** The routes of the operations, from their declarations. */
import { operations } from "@/agents/commands/operations";
import type { OperationName } from "@/agents/guard/guard";
import { type AnyOperation, takesOnce } from "@/agents/operations/operation";
import type { Route } from "./routes";

export const declaredRoutes: Readonly<Record<string, Route>> = Object.fromEntries(
  (Object.entries(operations) as [OperationName, AnyOperation][]).flatMap(([name, operation]) =>
    operation.http === undefined ? [] : [[operation.http, routeOf(name, operation)]],
  ),
);

function routeOf(command: OperationName, operation: AnyOperation): Route {
  const { input, on, made } = operation;
  const status = made ? 201 : 200;
  return {
    command,
    query: [],
    takes: input ?? null,
    status,
    declared: operation,
    answer: async (app, { id, sent, once }) => {
      const fields = { ...(once !== undefined && takesOnce(input) && { once }), ...(sent as object | undefined) };
      return { status, body: await app.operate(command, on === undefined ? fields : { ...fields, id }) };
    },
  };
}

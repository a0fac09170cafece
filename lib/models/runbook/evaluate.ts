import { isDeepStrictEqual } from "node:util";
import { fieldOf, type Value } from "@/core/programs/json";
import type { AccessPart, BinaryOperator, Expression } from "./expression";
import { applyFilter } from "./filters";
import { firstMatch } from "./pattern";
import { contains, describe, elementsOf, isTruthy, ValueFault } from "./value";

/** Returns the value of an expression; unknown names are null. Throws `ValueFault`. */
export function evaluate(expression: Expression, names: ReadonlyMap<string, Value>): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "name":
      return names.get(expression.name) ?? null;
    case "access":
      return access(evaluate(expression.object, names), expression.parts);
    case "not":
      return !isTruthy(evaluate(expression.operand, names));
    case "negate":
      return -number(evaluate(expression.operand, names), "-");
    case "exists":
      return evaluate(expression.operand, names) !== null;
    case "filter": {
      const args = expression.args.map((arg) => evaluate(arg, names));
      return applyFilter(expression.name, evaluate(expression.input, names), args);
    }
    case "binary":
      return binary(expression.operator, expression.left, expression.right, names);
  }
}

function access(value: Value, parts: AccessPart[]): Value {
  let current = value;
  for (const [index, part] of parts.entries()) {
    if (part.kind === "field") current = fieldOf(current, part.name);
    else if (part.kind === "index") current = elementsOf(current, `[${part.index}]`)[part.index] ?? null;
    else return each(current, parts.slice(index + 1));
  }
  return current;
}

/**
 * `a[].b[]` gives one flat list, as in jq, because a list of all elements is needed more often than a list of lists.
 */
function each(value: Value, rest: AccessPart[]): Value[] {
  const flat = rest.some((part) => part.kind === "each");
  const results = elementsOf(value, "[]").map((element) => access(element, rest));
  return flat ? results.flat(1) : results;
}

function binary(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  names: ReadonlyMap<string, Value>,
): Value {
  const first = evaluate(left, names);
  if (operator === "or") return isTruthy(first) || isTruthy(evaluate(right, names));
  if (operator === "and") return isTruthy(first) && isTruthy(evaluate(right, names));
  const second = evaluate(right, names);
  switch (operator) {
    case "==":
      return isDeepStrictEqual(first, second);
    case "!=":
      return !isDeepStrictEqual(first, second);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return ordered(operator, first, second);
    case "contains":
      return contains(first, second);
    case "matches":
      return typeof first === "string" && firstMatch(String(second), first) !== null;
    case "+":
      if (typeof first === "string" && typeof second === "string") return first + second;
      return number(first, operator) + number(second, operator);
    case "-":
      return number(first, operator) - number(second, operator);
    case "*":
      return number(first, operator) * number(second, operator);
    case "/":
      if (second === 0) throw new ValueFault("a number is divided by 0");
      return number(first, operator) / number(second, operator);
  }
}

/** Compares two numbers or two texts; every other comparison is false. */
function ordered(operator: "<" | "<=" | ">" | ">=", first: Value, second: Value): boolean {
  const comparable =
    (typeof first === "number" && typeof second === "number") ||
    (typeof first === "string" && typeof second === "string");
  if (!comparable) return false;
  if (operator === "<") return first < second;
  if (operator === "<=") return first <= second;
  return operator === ">" ? first > second : first >= second;
}

function number(value: Value, operator: string): number {
  if (typeof value === "number") return value;
  throw new ValueFault(`"${operator}" needs numbers, not ${describe(value)}`);
}

import type { Expression } from "./expression";
import { BUILT_IN_NAMES } from "./runbook";
import type { TemplateNode } from "./template";

/** The names that are defined at a place of a runbook. */
export class Scope {
  private readonly names: Set<string>;

  constructor(
    /** The inputs that the front matter declares. */
    readonly inputs: ReadonlySet<string>,
    names: Iterable<string> = BUILT_IN_NAMES,
  ) {
    this.names = new Set(names);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  declare(name: string): void {
    this.names.add(name);
  }

  /** Returns this scope plus one name, as inside a loop. */
  with(name: string): Scope {
    return new Scope(this.inputs, [...this.names, name]);
  }

  known(): string {
    return [...this.names].join(", ");
  }
}

/** Walks expressions and templates and collects each undefined name. */
export class UsedNames {
  readonly faults: { reason: string; offset: number }[] = [];

  constructor(private readonly scope: Scope) {}

  template(nodes: TemplateNode[], scope = this.scope): void {
    for (const node of nodes) {
      if (node.kind === "value") this.expression(node.expression, node.offset, scope);
      else if (node.kind === "if") {
        this.expression(node.condition, node.offset, scope);
        this.template(node.body, scope);
        this.template(node.otherwise, scope);
      } else if (node.kind === "each") {
        this.expression(node.list, node.offset, scope);
        this.template(node.body, scope.with(node.item));
      }
    }
  }

  /** `offset` is the position of the expression in the text that contains it. */
  expression(expression: Expression, offset: number, scope = this.scope): void {
    switch (expression.kind) {
      case "literal":
        return;
      case "name":
        if (!scope.has(expression.name)) {
          const reason = `"${expression.name}" is not known here: no earlier step saves it (known: ${scope.known()})`;
          this.faults.push({ reason, offset: offset + expression.offset });
        }
        return;
      case "access": {
        this.expression(expression.object, offset, scope);
        const [object, part] = [expression.object, expression.parts[0]];
        if (
          object.kind === "name" &&
          object.name === "inputs" &&
          part?.kind === "field" &&
          !scope.inputs.has(part.name)
        ) {
          const reason = `the runbook has no input "${part.name}"; declare it in the front matter`;
          this.faults.push({ reason, offset: offset + object.offset });
        }
        return;
      }
      case "binary":
        this.expression(expression.left, offset, scope);
        this.expression(expression.right, offset, scope);
        return;
      case "filter":
        this.expression(expression.input, offset, scope);
        for (const arg of expression.args) this.expression(arg, offset, scope);
        return;
      default:
        this.expression(expression.operand, offset, scope);
    }
  }
}

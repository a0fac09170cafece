/** The list of what answers each operation, and the operations that nobody has written yet. */
import type { ServiceOperation } from "@/core/services/document/operations";
import type { Resource } from "@/core/services/document/resources";
import { sampleOf } from "@/core/services/document/samples";
import type { ServiceModel } from "@/core/services/model/model";
import { commentText, literal, textLiteral } from "./literals";
import { factoryName } from "./resources";

export function operationsFile({ resources, unwritten, operations }: ServiceModel): string {
  const isStored = resources.length > 0;
  const owner = new Map(
    resources.flatMap((resource) => resource.does.map(({ operation }) => [operation, resource] as const)),
  );
  const rows = operations.map((operation) => {
    const resource = owner.get(operation);
    const value = resource ? `${handlersName(resource)}.${operation.name}` : operation.name;
    return `${textLiteral(operation.key)}: ${value}`;
  });
  return [
    "/** What answers each operation of openapi.yaml. */",
    'import type { Operations } from "./api/operation.ts";',
    ...resources.map((one) => `import { ${factoryName(one)} } from "./resources/${one.file}.ts";`),
    ...(isStored ? ['import type { Store } from "./storage/store.ts";'] : []),
    ...unwritten.map(({ name, file }) => `import { ${name} } from "./to-write/${file}.ts";`),
    "",
    ...(unwritten.length > 0
      ? [
          "/** These answer with an example. Remove an operation from the list when you have written it. */",
          `export const TO_WRITE: string[] = ${literal(unwritten.map(({ key }) => key))};`,
          "",
        ]
      : []),
    `export function operations(${isStored ? "store: Store" : ""}): Operations {`,
    ...resources.map((one) => `const ${handlersName(one)} = ${factoryName(one)}(store);`),
    `return { ${rows.join(",\n")} };`,
    "}",
  ].join("\n");
}

function handlersName({ name }: Resource): string {
  return `${name}Handlers`;
}

/** An operation that answers with an example, for a person to write. */
export function unwrittenFile({ document }: ServiceModel, operation: ServiceOperation): string {
  const { name, key, summary, answer } = operation;
  const about = summary === "" ? "" : ` ${commentText(summary)}`;
  // A redirection has to say where to.
  const headers = answer.status >= 300 && answer.status < 400 ? ['headers: { location: "/" }'] : [];
  const body = answer.media === null ? undefined : sampleOf(document, answer.media.schema, "answer");
  const isText = answer.media !== null && !/json/.test(answer.media.type);
  const sent = isText && typeof body !== "string" ? JSON.stringify(body) : body;
  const parts = [`status: ${answer.status}`, ...(sent === undefined ? [] : [`body: ${literal(sent)}`]), ...headers];
  return [
    `/** To write: \`${commentText(key.replaceAll("`", "'")).replace(/\.$/, "")}\` answers with an example.${about} */`,
    'import type { Answer } from "../api/operation.ts";',
    "",
    `export async function ${name}(): Promise<Answer> {`,
    `return { ${parts.join(", ")} };`,
    "}",
  ].join("\n");
}

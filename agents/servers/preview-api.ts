/** Previews a web API's document, without storing anything. */
import { isReading } from "@/core/rules/api-operation";
import type { ApiPreview } from "@/core/shapes/servers/outside";
import { uniqueName } from "@/lib/mcp/config/config";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import { type DocumentSource, readDocument } from "./apis";

const MOST_NAME = 20;
/** Room for the number that makes a name unique. */
const ENDING = 4;

export async function previewApi(
  source: DocumentSource,
  { privateHosts, taken }: { privateHosts: readonly string[]; taken: readonly string[] },
): Promise<ApiPreview> {
  const document = await readDocument({ guard: createAddressGuard({ privateHosts }) }, source);
  const { title, version, description, servers, operations, problems } = document;
  const plain = title.replace(/^[^a-z]+/i, "").slice(0, MOST_NAME - ENDING) || "api";
  const name = uniqueName(plain, new Set(taken));
  return {
    title,
    version,
    description,
    name,
    servers,
    // The schemas of the chosen operations are checked when they are added; a document may have thousands.
    operations: operations.map(({ key, name, description, operation }) => {
      return { key, name, description, reads: isReading(operation) };
    }),
    problems,
  };
}

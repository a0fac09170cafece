/** Reads the OpenAPI document of a command. */
import type { Contract } from "@/core/contract/contract";
import { readContract } from "@/lib/contract/read";
import { ApiDocumentError } from "@/lib/openapi/types";
import type { Context } from "@/scripts/cli/context/context";
import { readFileText } from "@/scripts/cli/context/file-text";
import { UsageError } from "@/scripts/cli/print/output";

/** Throws a UsageError with one sentence. */
export async function contractIn(context: Context, file: string): Promise<Contract> {
  const text = await readFileText(context, file);
  try {
    return await readContract(text);
  } catch (error) {
    if (error instanceof ApiDocumentError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

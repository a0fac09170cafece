import { UserError } from "@/agents/application";

/** Runs `work`. When it refuses the input, the refusal is about this field, named by its path with dots. */
export async function atField<Result>(field: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof UserError && !error.issues ? aboutField(field, error) : error;
  }
}

export function aboutField(field: string, { kind, message, refusal }: UserError): UserError {
  return new UserError(kind, message, refusal, [{ path: field.split("."), message }]);
}

/** Returns the refusal of one field of an input. */
export function wrongField(field: string, sentence: string): UserError {
  return aboutField(field, new UserError("invalid", sentence));
}

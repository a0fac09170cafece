/** Requirements, or a change of them, as people and programs send them. */
import { text, whole } from "@/agents/operations/parse";
import { MOST } from "@/core/specification/limits";

export const requirementsField = text
  .trim()
  .refine((given) => given !== "", whole("Say what the service has to do: the requirements are empty."))
  .refine(
    (given) => given.length <= MOST.source,
    whole(`The requirements have more than ${MOST.source} characters: shorten them, or make several services.`),
  );

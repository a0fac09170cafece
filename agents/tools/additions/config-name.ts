import { z } from "zod";

/** The name of an entry of the configuration. */
export const configName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,39}$/, "use 2 to 40 lower-case letters, digits and underscores, starting with a letter");

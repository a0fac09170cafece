import { z } from "zod";

/** As entries of the configuration are called. */
export const configName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,39}$/, "write 2 to 40 lower-case letters, digits and underscores, beginning with a letter");

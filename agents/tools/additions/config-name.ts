import { z } from "zod";
import { isDistinctServerName } from "@/agents/tools/outside/server-tools";

/** The name of an entry of the configuration. */
export const configName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,39}$/, "use 2 to 40 lower-case letters, digits and underscores, starting with a letter");

/** The name of a server, with which the names of its tools begin. */
export const serverName = configName.refine(
  isDistinctServerName,
  "do not end it with an underscore or put two in a row: its tools could be confused with those of another server",
);

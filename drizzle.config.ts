import type { Config } from "drizzle-kit";

export default {
  dialect: "sqlite",
  // Not the whole folder: its mark is no schema.
  schema: "./db/schema/*.ts",
  out: "./drizzle",
} satisfies Config;

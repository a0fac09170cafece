import type { Config } from "drizzle-kit";

export default {
  dialect: "sqlite",
  schema: [
    "./db/schema.ts",
    "./db/schema-security.ts",
    "./db/schema-folders.ts",
    "./db/schema-operations.ts",
    "./db/schema-web.ts",
  ],
  out: "./drizzle",
} satisfies Config;

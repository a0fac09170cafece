import { defineConfig } from "vitest/config";
export default defineConfig({ root: "/work/wt/tools", resolve: { alias: { "@": "/work/wt/tools" } }, test: { include: ["{lib,agents}/**/*.test.ts"] } });

import type { KnipConfig } from "knip";

/** Finds files, exports and packages that nobody uses. Entries are the programs that are started by their path. */
export default {
  entry: [
    "scripts/*.mjs",
    "tests/field/**/*.mjs",
    "scripts/ci/*.mjs",
    "scripts/banyan.ts",
    "scripts/generators/{*-openapi,*-schemas,icons,licences,shapes}.ts",
    "scripts/bench/{bench.ts,timed-server.mjs}",
    "scripts/check/main.ts",
    "scripts/demo/demo-forge.ts",
    "scripts/pictures/pictures.ts",
    "scripts/film/film.ts",
    "scripts/package/package.ts",
    "scripts/release/release.ts",
    "scripts/site/{docs.ts,site.css,search.js}",
    "scripts/test-run/changed-tests.ts",
    "scripts/check/releases/{data,replay}.ts",
    "agents/self/probe.ts",
    "agents/backups/prove-main.ts",
    "db/file/copy-database.mjs",
    "eval/eval.ts",
    "gates/main.ts",
    "launcher/{command,main,rehearse,state}.mjs",
    "lib/insights/insights-main.ts",
    "lib/environments/checks-main.ts",
    "lib/infrastructure/infrastructure-main.ts",
    "lib/sql/reader.mjs",
    "lib/web/pages/convert-page.mjs",
    "server/main.ts",
    "db/file/testing/killed-restore.ts",
    "**/testing/**/*-main.ts",
    "tests/agents/**/{*-main.ts,*.mjs}",
    "**/testing/**/*.mjs",
    "tests/{fill-log,propose-code,put-before-people,put-cycles,put-long-goals,serve-fake}.ts",
  ],
  // Templates of blueprints are parts of other programs.
  project: ["**/*.{ts,tsx,mjs,css}", "!blueprints/**"],
  // Programs of the system, such as git and bwrap: the start checks those that it needs.
  exclude: ["binaries"],
  // `npm run shapes` names each exported type of an answer in the API's description, also one that a single file uses.
  ignoreIssues: { "core/shapes/**": ["types"] },
  ignoreDependencies: [
    // Tests start these servers by their files.
    "@modelcontextprotocol/conformance",
    "@modelcontextprotocol/server-everything",
    "@modelcontextprotocol/server-filesystem",
    // Tests make services of the documents in these, and run those with these packages.
    "@scalar/galaxy",
    "fastify",
    "fastify-openapi-glue",
    "rclone-openapi",
    // Tests run services that use these, in the versions that blueprints name.
    "@electric-sql/pglite-socket",
    "@opentelemetry/exporter-metrics-otlp-http",
    "@opentelemetry/exporter-trace-otlp-http",
    "@opentelemetry/sdk-metrics",
    "@opentelemetry/sdk-trace-node",
    "jose",
    // `npm run icons` reads its drawings.
    "@iconify-json/lucide",
  ],
} satisfies KnipConfig;

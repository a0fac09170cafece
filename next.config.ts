import type { NextConfig } from "next";

// Security headers are set by the server around Next.js, for every answer alike: see `lib/http/security-headers.ts`.
const config: NextConfig = {
  serverExternalPackages: ["better-sqlite3"],
  poweredByHeader: false,
  // Next.js writes into its own file of settings. Types are checked by the tests, for the whole project at once.
  typescript: { tsconfigPath: "tsconfig.next.json", ignoreBuildErrors: true },
  reactStrictMode: true,
  images: { unoptimized: true },
  devIndicators: false,
  agentRules: false,
  // For everybody, not only for bots: streamed metadata takes a page's title away for a moment at each refresh.
  htmlLimitedBots: /.*/,
  allowedDevOrigins: ["127.0.0.1", "localhost"],
  experimental: {
    // Writing a cache takes half as long as the build, and reading it saves a later build less than that.
    turbopackFileSystemCacheForBuild: false,
    // Nothing reads them: a server that is started without `--enable-source-maps` shows the places in what was built.
    turbopackSourceMaps: false,
    serverActions: { bodySizeLimit: "9mb" },
    // A page's code is loaded when somebody first asks for the page: loading all of them would hold up the first answer.
    preloadEntriesOnStart: false,
  },
};

export default config;

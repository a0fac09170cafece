import type { NextConfig } from "next";

// Security headers are set by the server around Next.js, for every answer alike: see `lib/http/security-headers.ts`.
const config: NextConfig = {
  serverExternalPackages: ["better-sqlite3"],
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  devIndicators: false,
  agentRules: false,
  allowedDevOrigins: ["127.0.0.1", "localhost"],
  experimental: { serverActions: { bodySizeLimit: "1mb" } },
};

export default config;

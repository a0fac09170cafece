import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Banyan", template: "%s · Banyan" },
  appleWebApp: { title: "Banyan" },
};
export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  // The page background, the same as in `tokens.css`.
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#151514" },
  ],
};

/** The theme follows the system, unless the person chose a theme. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get("banyan_theme")?.value;
  const isMac = /Mac|iPhone|iPad/.test((await headers()).get("user-agent") ?? "");
  return (
    <html
      lang="en"
      data-mac={isMac || undefined}
      data-theme={theme === "light" || theme === "dark" ? theme : undefined}
    >
      <body>
        <a
          className="absolute -top-15 left-2 z-9 border border-line-strong bg-raised px-2 py-1 focus:top-2"
          href="#main"
        >
          Skip to content
        </a>
        {children}
      </body>
    </html>
  );
}

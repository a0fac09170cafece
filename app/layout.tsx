import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { preload } from "react-dom";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/inter/wght-italic.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./styles/fonts.css";
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

/** The only font file that every page needs at once. Browsers fetch the others when a page has such text. */
const TEXT_FONT = new URL("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", import.meta.url);

/** The theme follows the system, unless the person chose a theme. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  preload(TEXT_FONT.pathname, { as: "font", type: "font/woff2", crossOrigin: "anonymous" });
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

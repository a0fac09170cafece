import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import "./globals.css";

export const metadata: Metadata = { title: { default: "Banyan", template: "%s · Banyan" } };
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** The theme follows the system unless the person chose one. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get("banyan_theme")?.value;
  return (
    <html lang="en" data-theme={theme === "light" || theme === "dark" ? theme : undefined}>
      <body>
        <a className="skip" href="#main">
          Skip to content
        </a>
        {children}
      </body>
    </html>
  );
}

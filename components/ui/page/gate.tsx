import type { ReactNode } from "react";
import { Card } from "./card";

/** A page with one card and no navigation: for signing in, and for errors outside the frame. */
export function Gate({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-screen place-items-center bg-sunk px-4 py-6" id="main">
      <Card className="w-full max-w-98 p-6!">{children}</Card>
    </main>
  );
}

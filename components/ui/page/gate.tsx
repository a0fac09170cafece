import type { ReactNode } from "react";
import { Card } from "./card";

/** A page of one card, where there is no frame around it: at the door, and when nothing else could be made. */
export function Gate({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-screen place-items-center bg-sunk px-4 py-6" id="main">
      <Card className="w-full max-w-98 p-6!">{children}</Card>
    </main>
  );
}

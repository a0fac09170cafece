"use client";

import { Button, Say } from "@/components/ui/parts";

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <main className="gate" id="main">
      <div className="card">
        <h1>This page could not be read</h1>
        <div className="mt-4">
          <Say look="bad" role="alert">
            The server failed while it made this page. Agents go on meanwhile, and what is committed is safe.
          </Say>
        </div>
        <div className="acts mt-4">
          <Button look="primary" onClick={reset}>
            Try again
          </Button>
        </div>
      </div>
    </main>
  );
}

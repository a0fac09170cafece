"use client";

import { Gate } from "@/components/ui/page/gate";
import { Button, Say } from "@/components/ui/parts";

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <Gate>
      <h1>This page failed to load</h1>
      <div className="mt-4">
        <Say look="bad" role="alert">
          The server failed while it rendered this page. Agents keep running, and committed work is safe.
        </Say>
      </div>
      <div className="flex flex-wrap items-center gap-2 mt-4">
        <Button look="primary" onClick={reset}>
          Try again
        </Button>
      </div>
    </Gate>
  );
}

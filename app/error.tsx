"use client";

import { buttonLook } from "@/components/ui/button-look";
import { Gate } from "@/components/ui/page/gate";

/** Every page loads this file before it can fail, so it brings no icons. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <Gate>
      <h1>This page failed to load</h1>
      <p className="mt-4 rounded-control bg-fail-bg px-3 py-2" role="alert">
        The server failed while it rendered this page. Agents keep running, and committed work is safe.
      </p>
      <button type="button" className={buttonLook("primary", "mt-4")} onClick={reset}>
        Try again
      </button>
    </Gate>
  );
}

"use client";

import { useState } from "react";

/**
 * Holds which form is open; null for none. `close` of a render closes only the form that was open in that render: the
 * answer of a form that was left while it waited must not close the next one, with what was typed there.
 */
export function useOpened<Form extends string>() {
  const [now, setNow] = useState<{ form: Form } | null>(null);
  return {
    opened: now?.form ?? null,
    open: (form: Form) => setNow({ form }),
    // Each opening is an object of its own, so the same form that is opened again counts as another one.
    close: () => setNow((newest) => (newest === now ? null : newest)),
  };
}

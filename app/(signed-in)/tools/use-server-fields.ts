"use client";

import { useCallback, useEffect, useState } from "react";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { fieldsOfKept, keptOfFields } from "./server-draft";
import type { ServerFields } from "./server-fields";

/** The fields of a server form. They survive a reload, except for values that may be keys. */
export function useServerFields(id: string, first: ServerFields) {
  const { text, change: keep, clear, isRestored } = useKeptText(id);
  const [fields, setFields] = useState(first);
  useEffect(() => {
    const kept = isRestored ? fieldsOfKept(text) : null;
    if (kept) setFields((now) => ({ ...kept, oauth: now.oauth }));
  }, [isRestored, text]);
  const change = useCallback(
    (some: Partial<ServerFields>) => {
      const next = { ...fields, ...some };
      setFields(next);
      keep(keptOfFields(next));
    },
    [fields, keep],
  );
  return { fields, change, forget: clear, isRestored };
}

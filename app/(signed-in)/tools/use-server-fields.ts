"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { fieldsOfKept, keptOfFields } from "./server-draft";
import type { ServerFields } from "./server-fields";

/**
 * The fields of a server form that begins with `saved`. They survive a reload, except for new values that may be keys.
 */
export function useServerFields(id: string, saved: ServerFields) {
  const { text, change: keep, clear, isRestored } = useKeptText(id);
  const [fields, setFields] = useState(saved);
  const latest = useRef(saved);
  useEffect(() => {
    latest.current = saved;
  });
  useEffect(() => {
    const kept = isRestored ? fieldsOfKept(text, latest.current) : null;
    if (kept) setFields((now) => ({ ...kept, oauth: now.oauth }));
  }, [isRestored, text]);
  const change = useCallback(
    (some: Partial<ServerFields>) => {
      const next = { ...fields, ...some };
      setFields(next);
      keep(keptOfFields(next, latest.current));
    },
    [fields, keep],
  );
  return { fields, change, forget: clear, isRestored };
}

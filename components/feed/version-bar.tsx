"use client";

import { useState } from "react";
import { NoticeBar } from "./notice-bar";
import { useServerStatus } from "./server-status";

/** Says that the server has become another release while the page stood open: what the page does may not fit it. */
export function VersionBar() {
  const { version } = useServerStatus();
  const [own] = useState(version);
  if (version === own) return null;
  return (
    <NoticeBar icon="retry" role="status">
      <b>Banyan {version} runs now.</b> This page is of {own}.{" "}
      <button type="button" className="link" onClick={() => location.reload()}>
        Load it anew
      </button>
      ; what you have typed is kept.
    </NoticeBar>
  );
}

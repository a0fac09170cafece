"use client";

import { useState } from "react";
import { NoticeBar } from "./notice-bar";
import { useServerStatus } from "./server-status";

/** Notice that the server was upgraded while the page was open, so the page may not work with it. */
export function VersionBar() {
  const { version } = useServerStatus();
  const [own] = useState(version);
  if (version === own) return null;
  return (
    <NoticeBar icon="retry" role="status">
      <b>Banyan {version} is running.</b> This page was loaded from {own}.{" "}
      <button type="button" className="link" onClick={() => location.reload()}>
        Reload the page
      </button>
      ; your text is kept.
    </NoticeBar>
  );
}

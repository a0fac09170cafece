import type { ComponentProps } from "react";

interface PageProps extends ComponentProps<"main"> {
  /** The page is as high as the window and scrolls inside. Notices above it reduce its height. */
  fills?: boolean;
}

export function Page({ fills = false, className = "", ...rest }: PageProps) {
  // What is hidden for the eye and placed absolutely inside must not make the window scroll.
  const height = fills ? "relative min-h-0 flex-1 overflow-clip" : "";
  const attributes = fills ? { "data-fills": true } : {};
  return <main {...rest} {...attributes} className={`flex min-w-0 flex-col ${height} ${className}`} id="main" />;
}

const BAR = "flex min-h-12 items-center gap-3 border-b border-line px-6 py-2 phone:gap-2 phone:px-4";

/** Top bar of a page: its title, and actions on the whole page. */
export function PageBar({ className = "", ...rest }: ComponentProps<"header">) {
  return <header {...rest} className={`${BAR} ${className}`} data-bar />;
}

export function PageBody({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`px-6 pt-5 pb-8 phone:p-4 phone:pb-6 ${className}`} />;
}

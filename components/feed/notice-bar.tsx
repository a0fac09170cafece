import type { ReactNode } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

interface NoticeBarProps {
  icon: IconName;
  role: "status" | "alert";
  children: ReactNode;
}

/** Notice above the page that concerns the whole page. */
export function NoticeBar({ icon, role, children }: NoticeBarProps) {
  return (
    <div className="flex gap-2 border-b border-line bg-wait-bg px-6 py-2" role={role}>
      <Icon name={icon} className="mt-0.5 size-4 self-start text-wait-mark" />
      <span>{children}</span>
    </div>
  );
}

export interface Finding {
  name: string;
  /** `off`: absent or switched off, which is no problem. */
  mark: "ok" | "off" | "warn" | "fail";
  text: string;
  /** How to fix it; empty when there is nothing to fix. */
  remedy: string;
}

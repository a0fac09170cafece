import type { ComponentProps } from "react";
import { FIELD } from "@/components/ui/field-look";

interface FileFieldProps extends Omit<ComponentProps<"input">, "type" | "className"> {
  label: string;
}

/** File input whose button looks like the other buttons. */
export function FileField({ label, ...rest }: FileFieldProps) {
  return (
    <label className={FIELD}>
      <span>{label}</span>
      <input
        {...rest}
        type="file"
        className="w-full file:mr-2 file:h-7 file:rounded-control file:border file:border-line-strong file:bg-raised file:px-3 file:text-ink file:[font:inherit]"
      />
    </label>
  );
}

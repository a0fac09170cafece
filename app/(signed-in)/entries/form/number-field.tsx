"use client";

import { useId, useState } from "react";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { exactCount } from "@/core/words/figures";

interface NumberFieldProps {
  label: string;
  value: number | null;
  least?: number;
  most: number;
  /** Dollars have cents. */
  isMoney?: boolean;
  placeholder: string;
  change: (value: number | null) => void;
}

/** A number, or nothing. What is none stays as it was typed, says so, and is refused when it is saved. */
export function NumberField({ label, value, least = 1, most, isMoney = false, placeholder, change }: NumberFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  // As it was typed ("1.50"), as long as that is what it says.
  const text = numberOf(typed, isMoney) === value ? typed : `${value ?? ""}`;
  const isRight = value === null || (typeof value === "number" && value >= least && value <= most);
  return (
    <div>
      <label className={FIELD}>
        <span>{label}</span>
        <input
          type="text"
          inputMode={isMoney ? "decimal" : "numeric"}
          placeholder={placeholder}
          value={text}
          aria-invalid={isRight ? undefined : true}
          aria-describedby={`${id}-fault`}
          onChange={(event) => {
            setTyped(event.target.value);
            change(numberOf(event.target.value, isMoney));
          }}
        />
      </label>
      <div id={`${id}-fault`} role="status">
        {isRight ? null : (
          <Hint isBad>
            {isMoney
              ? "Write a number of dollars above 0, or leave it empty."
              : `Write a whole number from ${least} to ${exactCount(most)}, or leave it empty.`}
          </Hint>
        )}
      </div>
    </div>
  );
}

function numberOf(text: string, isMoney: boolean): number | null {
  const plain = text.trim();
  if (plain === "") return null;
  const isNumber = isMoney ? /^\d{1,7}(\.\d{0,6})?$/ : /^\d{1,12}$/;
  return isNumber.test(plain) ? Number(plain) : (text as unknown as number);
}

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
  /** Allows decimals. */
  isMoney?: boolean;
  placeholder: string;
  change: (value: number | null) => void;
}

/**
 * A field for a number, or for nothing. Invalid text stays in the field with a message, and the server refuses to save
 * it.
 */
export function NumberField({ label, value, least = 1, most, isMoney = false, placeholder, change }: NumberFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  // Shows the text as typed ("1.50") as long as it means the present value.
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
          aria-describedby={`${id}-problem`}
          onChange={(event) => {
            setTyped(event.target.value);
            change(numberOf(event.target.value, isMoney));
          }}
        />
      </label>
      <div id={`${id}-problem`} role="status">
        {isRight ? null : (
          <Hint isBad>
            {isMoney
              ? "Type an amount in dollars above 0, or leave it empty."
              : `Type a whole number from ${least} to ${exactCount(most)}, or leave it empty.`}
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

declare module "spdx-satisfies" {
  /** Whether one of the allowed licences satisfies the expression. Throws when it cannot parse one of them. */
  export default function satisfies(expression: string, allowed: string[]): boolean;
}

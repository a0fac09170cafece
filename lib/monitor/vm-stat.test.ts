import { expect, test } from "vitest";
import { memoryInVmStat } from "./vm-stat";

const GB = 1024 ** 3;
const PAGE = 16_384;

/** What an idle Mac with 16 GB says: little is free, because files are cached. */
const SAID = `Mach Virtual Memory Statistics: (page size of ${PAGE} bytes)
Pages free:                                3865.
Pages active:                            345421.
Pages inactive:                          338290.
Pages speculative:                         6310.
Pages throttled:                              0.
Pages wired down:                        131072.
Pages purgeable:                          65536.
"Translation faults":                1386347834.
File-backed pages:                       390021.
Anonymous pages:                         327680.
Pages stored in compressor:              541234.
Pages occupied by compressor:            131072.
`;

test("cached files and what can be purged are not used memory of a Mac", () => {
  const used = (327_680 - 65_536 + 131_072 + 131_072) * PAGE;
  expect(memoryInVmStat(SAID, 16 * GB)).toEqual({ totalBytes: 16 * GB, usedBytes: used });
  expect(used / (16 * GB)).toBe(0.5);
});

test("what is not vm_stat's answer says nothing", () => {
  expect(memoryInVmStat("", GB)).toBeNull();
  expect(memoryInVmStat(SAID.replace("Anonymous", "Other"), GB)).toBeNull();
});

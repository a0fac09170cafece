// A network namespace hides neither AF_VSOCK (to the machine's hypervisor) nor sockets made through io_uring, so those
// calls are filtered. The filter is a classic BPF program over `struct seccomp_data`: nr at 0, arch at 4, args at 16.

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const RETURN = 0x06;
const OFFSET_NR = 0;
const OFFSET_ARCH = 4;
const OFFSET_FIRST_ARGUMENT = 16;
const ALLOW = 0x7fff0000;
const refuse = (errno: number) => 0x00050000 | errno;
const EAFNOSUPPORT = 97;
const ENOSYS = 38;
const AF_VSOCK = 40;
const IO_URING_SETUP = 425;
/** The x32 calls of x86-64 carry this bit; nobody needs them. */
const X32_BIT = 0x40000000;

/** The kernel's number for the architecture (AUDIT_ARCH_*) and its number for socket(2). */
const ARCHITECTURES: Partial<Record<string, { audit: number; socket: number }>> = {
  x64: { audit: 0xc000003e, socket: 41 },
  arm64: { audit: 0xc00000b7, socket: 198 },
};

/** The program as bubblewrap reads it, or null on an architecture that this file does not know. */
export function seccompProgram(architecture: string = process.arch): Buffer | null {
  const known = ARCHITECTURES[architecture];
  if (!known) return null;
  const program = [
    instruction(LOAD, OFFSET_ARCH),
    // Calls of another architecture, such as 32-bit ones, would be numbered otherwise.
    instruction(JUMP_EQUAL, known.audit, 0, 7),
    instruction(LOAD, OFFSET_NR),
    instruction(JUMP_AT_LEAST, X32_BIT, 5, 0),
    instruction(JUMP_EQUAL, IO_URING_SETUP, 4, 0),
    instruction(JUMP_EQUAL, known.socket, 0, 2),
    instruction(LOAD, OFFSET_FIRST_ARGUMENT),
    instruction(JUMP_EQUAL, AF_VSOCK, 2, 0),
    instruction(RETURN, ALLOW),
    instruction(RETURN, refuse(ENOSYS)),
    instruction(RETURN, refuse(EAFNOSUPPORT)),
  ];
  return Buffer.concat(program);
}

function instruction(code: number, k: number, jumpTrue = 0, jumpFalse = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(jumpTrue, 2);
  bytes.writeUInt8(jumpFalse, 3);
  bytes.writeUInt32LE(k >>> 0, 4);
  return bytes;
}

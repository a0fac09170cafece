// Filters system calls that namespaces do not cover. The filter is a classic BPF program over `struct seccomp_data`: nr
// at 0, arch at 4, args at 16.

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;
const OFFSET_NR = 0;
const OFFSET_ARCH = 4;
/** The lower half: both architectures are little-endian, and the kernel reads these arguments as int. */
const OFFSET_FIRST_ARGUMENT = 16;
const ALLOW = 0x7fff0000;
const refuse = (errno: number) => 0x00050000 | errno;
const EPERM = refuse(1);
const ENOMEM = refuse(12);
const ENOSYS = refuse(38);
const EAFNOSUPPORT = refuse(97);
/** The call is skipped, and its caller is told that it succeeded. */
const PRETEND = refuse(0);
/** Sockets to the machine's hypervisor, and to the kernel's cryptography. */
const AF_VSOCK = 40;
const AF_ALG = 38;
const PR_SET_PDEATHSIG = 1;
const SET_ID_BITS = 0o6000;
/** A machine may have some thousand segments. Databases need one of a few bytes. */
const MOST_SEGMENT_BYTES = 64 * 1024;
/** The bit of x86-64's x32 calls, which programs do not need. */
const X32_BIT = 0x40000000;

interface Architecture {
  /** The kernel's number for it (AUDIT_ARCH_*). */
  audit: number;
  calls: Record<
    | "socket"
    | "prctl"
    | "bpf"
    | "perf"
    | "userfaultfd"
    | "addKey"
    | "requestKey"
    | "keyctl"
    | "ioUring"
    | "openat2"
    | "memfdCreate"
    | "memfdSecret"
    | "shmget",
    number
  >;
  /** Calls with a file mode, and the position of that argument. */
  modes: readonly (readonly [call: number, argument: number])[];
}

const ARCHITECTURES: Partial<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    calls: {
      socket: 41,
      prctl: 157,
      addKey: 248,
      requestKey: 249,
      keyctl: 250,
      perf: 298,
      bpf: 321,
      userfaultfd: 323,
      ioUring: 425,
      openat2: 437,
      memfdCreate: 319,
      memfdSecret: 447,
      shmget: 29,
    },
    // chmod, fchmod, fchmodat, fchmodat2; creat, open, openat, mknod, mknodat
    modes: [
      [90, 1],
      [91, 1],
      [268, 2],
      [452, 2],
      [85, 1],
      [2, 2],
      [257, 3],
      [133, 1],
      [259, 2],
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    calls: {
      prctl: 167,
      socket: 198,
      addKey: 217,
      requestKey: 218,
      keyctl: 219,
      perf: 241,
      bpf: 280,
      userfaultfd: 282,
      ioUring: 425,
      openat2: 437,
      memfdCreate: 279,
      memfdSecret: 447,
      shmget: 194,
    },
    // fchmod, fchmodat, fchmodat2, openat, mknodat
    modes: [
      [52, 1],
      [53, 2],
      [452, 2],
      [56, 3],
      [33, 2],
    ],
  },
};

/**
 * Returns the program as bubblewrap reads it; null on an unknown architecture. A nested sandbox lets its commands bind
 * their life to their parent's, because sandboxes inside it do so.
 */
export function seccompProgram(isNested = false, architecture: string = process.arch): Buffer | null {
  const known = ARCHITECTURES[architecture];
  if (!known) return null;
  const { calls } = known;
  return Buffer.concat([
    // Calls of another architecture, such as 32-bit calls, have other numbers.
    instruction(LOAD, OFFSET_ARCH),
    instruction(JUMP_EQUAL, known.audit, 1, 0),
    instruction(RETURN, ENOSYS),
    instruction(LOAD, OFFSET_NR),
    instruction(JUMP_AT_LEAST, X32_BIT, 0, 1),
    instruction(RETURN, ENOSYS),
    // Operations through io_uring would bypass this filter.
    ...answer(calls.ioUring, ENOSYS),
    // Keys belong to a user, not to a namespace, and the server's session may have some.
    ...[calls.addKey, calls.requestKey, calls.keyctl].flatMap((call) => answer(call, ENOSYS)),
    // Programs do not need these calls, and many kernel exploits used them.
    ...[calls.bpf, calls.perf, calls.userfaultfd].flatMap((call) => answer(call, EPERM)),
    // A network namespace does not cover these families.
    ...answerTo(calls.socket, AF_VSOCK, EAFNOSUPPORT),
    ...answerTo(calls.socket, AF_ALG, EAFNOSUPPORT),
    // A command that takes over the sandbox's first process (it has the same user) could otherwise make it outlive
    // bubblewrap.
    ...(isNested ? [] : answerTo(calls.prctl, PR_SET_PDEATHSIG, PRETEND)),
    // Memory that belongs to no process escapes the memory watch. Programs have /dev/shm, which has a limit.
    ...[calls.memfdCreate, calls.memfdSecret].flatMap((call) => answer(call, ENOSYS)),
    ...answerFrom(calls.shmget, 1, MOST_SEGMENT_BYTES, ENOMEM),
    // In a person's own folder, a set-user-ID program would outlive the sandbox.
    ...known.modes.flatMap(([call, argument]) => answerToBits(call, argument, SET_ID_BITS, EPERM)),
    // Its mode is in memory, which a filter cannot read; programs work without this call.
    ...answer(calls.openat2, ENOSYS),
    instruction(RETURN, ALLOW),
  ]);
}

function answer(call: number, result: number): Buffer[] {
  return [instruction(JUMP_EQUAL, call, 0, 1), instruction(RETURN, result)];
}

/** Answers one value of the call's first argument. */
function answerTo(call: number, argument: number, result: number): Buffer[] {
  return [
    instruction(JUMP_EQUAL, call, 0, 4),
    instruction(LOAD, OFFSET_FIRST_ARGUMENT),
    instruction(JUMP_EQUAL, argument, 0, 1),
    instruction(RETURN, result),
    instruction(LOAD, OFFSET_NR),
  ];
}

/** Answers values from `least` upwards of a 64-bit argument. */
function answerFrom(call: number, argument: number, least: number, result: number): Buffer[] {
  const low = OFFSET_FIRST_ARGUMENT + 8 * argument;
  return [
    instruction(JUMP_EQUAL, call, 0, 6),
    instruction(LOAD, low + 4),
    instruction(JUMP_EQUAL, 0, 0, 2),
    instruction(LOAD, low),
    instruction(JUMP_AT_LEAST, least, 0, 1),
    instruction(RETURN, result),
    instruction(LOAD, OFFSET_NR),
  ];
}

/** Answers any of these bits in an argument. */
function answerToBits(call: number, argument: number, bits: number, result: number): Buffer[] {
  return [
    instruction(JUMP_EQUAL, call, 0, 4),
    instruction(LOAD, OFFSET_FIRST_ARGUMENT + 8 * argument),
    instruction(JUMP_ANY_BIT, bits, 0, 1),
    instruction(RETURN, result),
    instruction(LOAD, OFFSET_NR),
  ];
}

function instruction(code: number, k: number, jumpTrue = 0, jumpFalse = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(jumpTrue, 2);
  bytes.writeUInt8(jumpFalse, 3);
  bytes.writeUInt32LE(k >>> 0, 4);
  return bytes;
}

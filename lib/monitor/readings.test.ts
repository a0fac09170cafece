import { expect, test } from "vitest";
import { cpuPercent, memoryOf, readCpu, readFile, readMemory } from "./readings";

const GB = 1024 ** 3;

/** A machine of two cores and 8 GB, of which 2 are free, with these files in addition. */
function machine(files: Record<string, string> = {}) {
  const all: Record<string, string> = {
    "/proc/meminfo": `MemTotal:        ${8 * 1024 ** 2} kB\nMemFree:  100 kB\nMemAvailable:    ${2 * 1024 ** 2} kB\n`,
    "/proc/stat":
      "cpu  100 10 50 800 40 5 5 0 7 0\ncpu0 50 5 25 400 20 2 2 0 3 0\ncpu1 50 5 25 400 20 3 3 0 4 0\nctxt 1\n",
    ...files,
  };
  return (file: string) => all[file] ?? null;
}

test("a machine without limits is read directly; memory that the kernel can reclaim is free", () => {
  expect(readMemory(machine())).toEqual({ totalBytes: 8 * GB, usedBytes: 6 * GB });
  expect(readCpu(machine(), 5)).toEqual({ cores: 2, busyMs: 1_700, capacityMs: 10_100 });
});

test("limits of a container of version 2 count, its file cache does not", () => {
  const read = machine({
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": `${2 * GB}\n`,
    "/sys/fs/cgroup/memory.current": `${1.5 * GB}\n`,
    "/sys/fs/cgroup/memory.stat": `anon 1\ninactive_file ${0.5 * GB}\n`,
    "/sys/fs/cgroup/cpu.max": "50000 100000\n",
    "/sys/fs/cgroup/cpu.stat": "usage_usec 3000000\nuser_usec 1\n",
  });
  expect(readMemory(read)).toEqual({ totalBytes: 2 * GB, usedBytes: GB });
  expect(readCpu(read, 10_000)).toEqual({ cores: 0.5, busyMs: 3_000, capacityMs: 5_000 });
});

test("of nested groups the lowest limit counts, with the usage under it", () => {
  const read = machine({
    "/proc/self/cgroup": "0::/system.slice/banyan.service\n",
    "/sys/fs/cgroup/system.slice/banyan.service/memory.max": "max\n",
    "/sys/fs/cgroup/system.slice/banyan.service/memory.current": "1\n",
    "/sys/fs/cgroup/system.slice/memory.max": `${3 * GB}\n`,
    "/sys/fs/cgroup/system.slice/memory.current": `${GB}\n`,
    "/sys/fs/cgroup/system.slice/banyan.service/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/system.slice/banyan.service/cpu.stat": "usage_usec 5\n",
  });
  expect(readMemory(read)).toEqual({ totalBytes: 3 * GB, usedBytes: GB });
  expect(readCpu(read, 0).cores).toBe(2);
});

test("limits of version 1 count, also where the container cannot see its own group's folder", () => {
  const read = machine({
    "/proc/self/cgroup": "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${GB}\n`,
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": `${0.75 * GB}\n`,
    "/sys/fs/cgroup/memory/memory.stat": `inactive_file 7\ntotal_inactive_file ${0.25 * GB}\n`,
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000\n",
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    "/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage": "2000000000\n",
  });
  expect(readMemory(read)).toEqual({ totalBytes: GB, usedBytes: 0.5 * GB });
  expect(readCpu(read, 4_000)).toEqual({ cores: 1.5, busyMs: 2_000, capacityMs: 6_000 });
});

test("ineffective limits and invalid texts are ignored", () => {
  const read = machine({
    "/proc/self/cgroup": "5:memory:/\n4:cpu:/\n3:cpuacct:/\ngarbage\n0::/\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "5\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "/sys/fs/cgroup/cpuacct/cpuacct.usage": "1\n",
    "/sys/fs/cgroup/memory.max": "lots\n",
    "/sys/fs/cgroup/cpu.max": "\n",
  });
  expect(readMemory(read).totalBytes).toBe(8 * GB);
  expect(readCpu(read, 0).cores).toBe(2);
});

test("without /proc the values come from Node", () => {
  const memory = readMemory(() => null);
  expect(memory.totalBytes).toBeGreaterThan(memory.usedBytes);
  expect(readCpu(() => null, 0).cores).toBeGreaterThanOrEqual(1);
});

test("percent covers all cores between two readings; too short a time gives no value", () => {
  const from = { cores: 2, busyMs: 1_000, capacityMs: 10_000 };
  expect(cpuPercent(from, { cores: 2, busyMs: 1_050, capacityMs: 10_200 })).toBe(25);
  expect(cpuPercent(from, { cores: 2, busyMs: 2_000, capacityMs: 10_200 })).toBe(100);
  expect(cpuPercent(from, { cores: 2, busyMs: 900, capacityMs: 10_200 })).toBe(0);
  expect(cpuPercent(from, { cores: 2, busyMs: 1_010, capacityMs: 10_010 })).toBeNull();
  expect(cpuPercent(from, { cores: 1, busyMs: 1_050, capacityMs: 10_200 })).toBeNull();
});

test("memory of an existing and of a missing process", () => {
  expect(memoryOf(process.pid, readFile)).toBeGreaterThan(10_000_000);
  expect(memoryOf(2 ** 22 + 1, readFile)).toBeNull();
});

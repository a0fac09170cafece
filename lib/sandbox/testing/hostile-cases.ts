/** Attempts to break out of the sandbox. Each prints what it got, and nothing when it failed. */

/** Targets on the host for the attempts. */
export interface Bait {
  /** A file with `secret-value` in it, readable by every user of the host. */
  file: string;
  /** A folder of another tree with such a file `secret` in it, owned by the tools' user. */
  otherWorkspace: string;
  /** The host's port on its loopback. */
  port: number;
  /** The name of the host's abstract unix socket. */
  abstractSocket: string;
}

const perl = (script: string) => `perl -e '${script.replaceAll("\n", " ")}'`;

export function hostileCases({ file, otherWorkspace, port, abstractSocket }: Bait): Record<string, string> {
  const connect = (host: string, at: number) =>
    `timeout 2 bash -c 'exec 3<>/dev/tcp/${host}/${at}' && echo reached ${host}:${at}`;
  return {
    "T1 the host's files and environments": [
      `cat ${file} /etc/shadow /proc/1/root${file} /proc/self/cwd/../..${file}`,
      "cat /proc/1/environ /proc/*/environ /proc/*/cmdline | grep -a secret-valu[e]",
      "ls -d /root /home/* /var/* /run/* /tmp/*",
    ].join("; "),
    "T1 another tree's workspace": `cat ${otherWorkspace}/secret; ls ${otherWorkspace}; echo x > ${otherWorkspace}/made && echo made`,
    "T1 by links in the own workspace": `ln -sfn ${otherWorkspace} other; ln -sf ${file} secret; cat other/secret secret; ln ${file} hard && cat hard; rm -f other secret`,
    "T3 a thousand forks": `sh -c 'i=0; while [ $i -lt 1000 ]; do sleep 9 & i=$((i+1)); done; echo all'`,
    "T4 a file of 10 GB":
      "head -c 10G /dev/zero > big; [ $(stat -c %s big) -gt 200000000 ] && echo large; fallocate -l 10G huge && echo huge; rm -f big huge",
    "T4 all of /dev/shm and /tmp": [
      "for d in /dev/shm /tmp; do for n in 1 2 3 4; do head -c 90M /dev/zero > $d/$n; done",
      "[ $(du -sm $d | cut -f1) -gt 70 ] && echo $d; rm -f $d/*; done; head -c 1M /dev/zero > /dev/x && echo dev",
    ].join("; "),
    "T5 the host's loopback and the metadata service": [
      connect("127.0.0.1", port),
      connect("::1", port),
      connect("169.254.169.254", 80),
      connect("1.1.1.1", 443),
      "getent hosts example.com",
    ].join("; "),
    "T5 an abstract unix socket of the host": perl(
      `use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0); print "connected\\n" if connect($s, pack("S a*", 1, "\\0${abstractSocket}"));`,
    ),
    "T5 sockets that a network namespace does not cover": perl(
      `for my $f (38, 40) { for my $t (1, 2, 5) { print "$f\\n" if socket(my $s, $f, $t, 0) } } for my $f (17, 44, 31) { print "$f\\n" if socket(my $s, $f, 3, 0) }`,
    ),
    "io_uring, keys, bpf, perf and userfaultfd": perl(
      `my @calls = qq(x64) eq "${process.arch}" ? (425, 248, 249, 250, 321, 298, 323) : (425, 217, 218, 219, 280, 241, 282);
       for my $nr (@calls) { my $b = "\\0" x 256; my $r = syscall($nr, $b, $b, $b, 0, 0); print "$nr\\n" unless $!{ENOSYS} || $!{EPERM} }`,
    ),
    "other user namespaces":
      "unshare -U true && echo userns; unshare -rm true && echo root; unshare -n true && echo netns",
    mounts:
      "mount -t tmpfs x /tmp && echo tmpfs; mount --bind / /tmp && echo bind; mount -o remount,rw /usr && echo usr; umount /proc && echo proc; chroot / true && echo chroot",
    "mounts in a user namespace of its own": `unshare -Urmpf --mount-proc sh -c '${[
      "mount -o remount,rw,bind /usr && echo x > /usr/made && echo usr",
      "mount -o remount,rw,bind / && echo x > /made && echo root",
      `umount -l /workspace; umount -l /tmp; umount -l /usr; cat ${file}; mount -t tmpfs x /mnt && echo mnt`,
      "echo x > /proc/sys/kernel/core_pattern && echo kernel; mknod /tmp/disk b 254 0 && echo device",
      `mount -t devtmpfs x /tmp && echo devices; mount -t sysfs x /tmp && ls /tmp; timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/${port}" && echo reached`,
    ].join("; ")}'`,
    "the kernel's settings": [
      "for f in kernel/core_pattern kernel/hostname vm/drop_caches fs/binfmt_misc/register kernel/modprobe; do echo x > /proc/sys/$f && echo $f; done",
      "echo b > /proc/sysrq-trigger && echo sysrq; cat /proc/kcore | head -c 1 | wc -c | grep 1; ls /sys; echo -900 > /proc/self/oom_score_adj && echo oom",
    ].join("; "),
    "processes of the host and of other sandboxes": [
      '[ "$(ls /proc | grep -c "^[0-9]*$")" -gt 12 ] && echo processes',
      "cat /proc/*/comm | grep -x sleep; kill -9 -1",
    ].join("; "),
    "other namespaces through /proc": "for n in mnt net pid user; do nsenter --$n=/proc/1/ns/$n true && echo $n; done",
    "powers through set-id files and devices": [
      "cp /usr/bin/id own-id; chmod 6755 own-id; ./own-id -u | grep -x 0; mknod disk b 254 0 && echo device; rm -f own-id",
      "capsh --print 2>/dev/null | grep 'Current: [^=]*cap_'; su -c id root < /dev/null; sudo -n id",
    ].join("; "),
    "keystrokes into the server's terminal": perl(
      `for my $name ("/dev/tty", "/dev/console", "/proc/1/fd/0", "/proc/1/fd/1") { if (open(my $t, "+<", $name)) { for my $c (split //, "id") { print "$name\\n" if ioctl($t, 0x5412, $c) } } }`,
    ),
    "descriptors of the server": `for f in /proc/self/fd/*; do n=\${f##*/}; [ "$n" -gt 2 ] && readlink $f | grep -v "^/proc/\\|pipe:"; done`,
    "the walls of what is shown":
      "echo x > /usr/x && echo usr; echo x > /etc/passwd && echo passwd; echo x > /x && echo root; rm -rf /usr/bin/true /etc/hosts 2>/dev/null; [ -e /usr/bin/true ] || echo gone",
  };
}

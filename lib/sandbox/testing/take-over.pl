# Takes over the sandbox's first process (x86-64): makes it call prctl(PR_SET_PDEATHSIG, 0), so that it no longer dies with
# bubblewrap. Says "taken over" when the call was made and answered 0. For a test of the sandbox.
use strict;
$| = 1;
my ($TRACEME_ATTACH, $GETREGS, $SETREGS, $STEP, $DETACH, $ALL) = (16, 12, 13, 9, 17, 0x40000000);
my $pid = 1;
sub ask { my $result = syscall(101, $_[0], $pid, 0, $_[1]); die "refused: $!\n" if $result < 0 }
ask($TRACEME_ATTACH, 0);
waitpid($pid, $ALL);
my $saved = "\0" x 216;
ask($GETREGS, $saved);
my @regs = unpack("Q27", $saved);
open(my $maps, "<", "/proc/1/maps") or die "maps: $!\n";
open(my $memory, "<", "/proc/1/mem") or die "mem: $!\n";
my $syscall;
while (<$maps>) {
  next unless /^([0-9a-f]+)-([0-9a-f]+) r-xp .*libc/;
  sysseek($memory, hex($1), 0);
  sysread($memory, my $code, hex($2) - hex($1));
  $syscall = hex($1) + index($code, "\x0f\x05");
  last;
}
my @call = @regs;
@call[10, 12, 13, 14, 15, 16] = (157, 0, 0, 1, ~0, $syscall);
my $wanted = pack("Q27", @call);
ask($SETREGS, $wanted);
ask($STEP, 0);
waitpid($pid, $ALL);
my $after = "\0" x 216;
ask($GETREGS, $after);
print "taken over\n" if (unpack("Q27", $after))[10] == 0;
# Held here it neither ends with its command nor crashes.
sleep 10000;

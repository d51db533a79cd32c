# Hashes, regular expressions, closures, objects, a child, and a death at the end.
needs="perl"

prepare() {
    cat >work.pl <<'END'
use strict;
use warnings;
use List::Util qw(sum reduce);
use Data::Dumper;
$Data::Dumper::Sortkeys = 1;
my %count;
$count{ $_ * 7919 % 997 }++ for 1 .. 50000;
print scalar(keys %count), " ", sum(values %count), "\n";
my $text = join " ", map { "word$_" } 1 .. 5000;
my @found = $text =~ /(\w+9)\b/g;
print scalar(@found), " $found[-1]\n";
package Shape { sub new { my ($c, %a) = @_; return bless {%a}, $c } sub area { my $s = shift; $s->{w} * $s->{h} } sub DESTROY {} }
my @shapes = map { Shape->new(w => $_, h => $_ + 1) } 1 .. 1000;
print sum(map { $_->area } @shapes), "\n";
my $ring = { name => "ring" };
undef $ring->{self};
print Dumper($ring);
my @sorted = sort { $a->{w} <=> $b->{w} || 0 } @shapes;
my $out = `echo from a child`;
print $out, sprintf("%vd", "1.22.333"), "\n";
eval { die { code => 5 } };
print "caught $@->{code}\n";
die "at the end\n";
END
}

work() {
    PERL_HASH_SEED=0 $RUN perl work.pl
    echo "status $?"
    PERL_HASH_SEED=0 $RUN perl -e 'print "ok\n" if fork == 0; wait; exit 2'
    echo "status $?"
    PERL_HASH_SEED=0 $RUN perl -c -e 'sub {'
    echo "status $?"
}

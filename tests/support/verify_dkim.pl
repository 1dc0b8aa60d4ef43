# What Mail::DKIM says of the signature of each message: verify_dkim.pl PORT FILE...
# PORT is that of a name server on loopback. One line a file: pass, fail (why), none, invalid (why).
use strict;
use warnings;

# Mail::DKIM of Debian 12 knows RSA alone. For Ed25519 it reads, canonicalises and hashes, and OpenSSL
# checks the signature of the hash (RFC 8463, 3).
package Ed25519;
use parent 'Mail::DKIM::Algorithm::rsa_sha256';
use File::Temp 'tempdir';
use MIME::Base64 'decode_base64';

sub verify {
    my $self = shift;
    my $folder = tempdir(CLEANUP => 1);
    my %content = (
        # The public key as a SubjectPublicKeyInfo (RFC 8410, 10.1).
        key => pack('H*', '302a300506032b6570032100') . decode_base64($self->signature->get_public_key->data),
        hash => $self->{header_digest}->digest,
        signature => decode_base64($self->signature->data),
    );
    for my $name (keys %content) {
        open my $file, '>:raw', "$folder/$name" or die $!;
        print $file $content{$name};
        close $file;
    }
    my @check = qw(openssl pkeyutl -verify -rawin -pubin -keyform DER);
    my $said = `@check -inkey $folder/key -in $folder/hash -sigfile $folder/signature 2>&1`;
    return $? == 0 && $self->check_body_hash;
}

# Stands in the RSA key's place, which is asked for its size alone.
package Ed25519::Key;
sub size { return 32 }

package main;
use Mail::DKIM::DNS;
use Mail::DKIM::PublicKey;
use Mail::DKIM::Signature;
use Mail::DKIM::Verifier;
use Net::DNS;

{
    no warnings 'redefine';
    my ($class, $hash) = (\&Mail::DKIM::Signature::get_algorithm_class, \&Mail::DKIM::Signature::hash_algorithm);
    my $check = \&Mail::DKIM::PublicKey::check;
    *Mail::DKIM::Signature::get_algorithm_class = sub { $_[1] eq 'ed25519-sha256' ? 'Ed25519' : $class->(@_) };
    *Mail::DKIM::Signature::hash_algorithm = sub { $_[0]->algorithm eq 'ed25519-sha256' ? 'sha256' : $hash->(@_) };
    *Mail::DKIM::PublicKey::check = sub {
        my $key = shift;
        return $check->($key) if ($key->get_tag('k') // 'rsa') eq 'rsa';
        $key->cork(bless {}, 'Ed25519::Key');
    };
}

my $port = shift;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => ['127.0.0.1'], port => $port, searchlist => []));
for my $path (@ARGV) {
    my $verifier = Mail::DKIM::Verifier->new;
    open my $file, '<:raw', $path or die "$path: $!";
    $verifier->PRINT($_) while <$file>;
    $verifier->CLOSE;
    print $verifier->result_detail, "\n";
}

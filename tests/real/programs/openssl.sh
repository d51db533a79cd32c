# A library with allocation hooks and thread-specific data of its own: digests, keys, a signature.
needs="openssl"

prepare() {
    seq 20000 >data.txt
}

work() {
    $RUN openssl dgst -sha256 data.txt
    $RUN openssl enc -aes-256-cbc -pbkdf2 -S 0102030405060708 -k word -in data.txt | sha256sum
    $RUN openssl genpkey -algorithm ed25519 -out key.pem
    $RUN openssl pkeyutl -sign -rawin -inkey key.pem -in data.txt -out data.sig
    $RUN openssl pkeyutl -verify -rawin -inkey key.pem -in data.txt -sigfile data.sig
    $RUN openssl base64 -in data.txt | sha256sum
    $RUN openssl no-such-thing 2>/dev/null
    echo "status $?"
    rm -f key.pem data.sig
}

package jsrun

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
)

// hashes are the digests of Web Cryptography. SHA-1 is there for those who still need it.
//
// https://w3c.github.io/webcrypto/#sha
var hashes = map[string]func() hash.Hash{"SHA-1": sha1.New, "SHA-256": sha256.New, "SHA-384": sha512.New384, "SHA-512": sha512.New}

// opDigest takes the name of a hash and bytes.
func opDigest(_ *run, a arguments) (any, error) {
	newHash := hashes[a.str(0)]
	if newHash == nil {
		return nil, fmt.Errorf("no hash %s", quoteName(a.str(0)))
	}
	b, err := a.bytes(1)
	if err != nil {
		return nil, err
	}
	h := newHash()
	h.Write(b)
	return encodeBytes(h.Sum(nil)), nil
}

// opHMAC takes the name of a hash, a key and bytes.
func opHMAC(_ *run, a arguments) (any, error) {
	newHash := hashes[a.str(0)]
	if newHash == nil {
		return nil, fmt.Errorf("no hash %s", quoteName(a.str(0)))
	}
	key, err := a.bytes(1)
	if err != nil {
		return nil, err
	}
	b, err := a.bytes(2)
	if err != nil {
		return nil, err
	}
	h := hmac.New(newHash, key)
	h.Write(b)
	return encodeBytes(h.Sum(nil)), nil
}

package demo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// lifetime is how long the certificates of a world are good for.
const lifetime = 24 * time.Hour

// authority is a certificate authority that lives in memory only. It is safe for
// concurrent use.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	from time.Time

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
	serial int64
}

func newAuthority(name string, now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("demo: a key for the certificate authority: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		// Before the oldest leaf, the one that has expired.
		NotBefore: now.Add(-30 * lifetime), NotAfter: now.Add(lifetime),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("demo: the certificate authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("demo: the certificate authority: %w", err)
	}
	return &authority{cert: cert, key: key, from: now, leaves: make(map[string]*tls.Certificate), serial: 1}, nil
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// leaf returns a certificate for name, made when first asked for. The caller
// asks for names of the world only, so that the cache is bounded.
func (a *authority) leaf(name string) (*tls.Certificate, error) {
	return a.issue(name, a.from.Add(-time.Hour), a.from.Add(lifetime))
}

// expired returns a certificate for name that was good last week.
func (a *authority) expired(name string) (*tls.Certificate, error) {
	return a.issue(name, a.from.Add(-8*lifetime), a.from.Add(-7*lifetime))
}

func (a *authority) issue(name string, from, until time.Time) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := name + until.String()
	if c, ok := a.leaves[id]; ok {
		return c, nil
	}
	a.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(a.serial),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		NotBefore:    from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	// One key for authority and leaves: the secret never leaves this process.
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("demo: a certificate for %s: %w", name, err)
	}
	c := &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: a.key}
	a.leaves[id] = c
	return c, nil
}

package fetch

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// certificateFailure returns nil for errors that are not about the certificate of peer, which was to be one for host. Go names
// the first fault that it meets; this names those of the leaf all at once, because each costs its owner a round of reissuing.
func (t *NetTransport) certificateFailure(err error, peer, host string) *NetworkError {
	unverified := (*tls.CertificateVerificationError)(nil)
	if !errors.As(err, &unverified) {
		return nil
	}
	var faults certificateFaults
	var leaf *x509.Certificate
	now, cause := t.clock(), unverified.Err
	if chain := unverified.UnverifiedCertificates; len(chain) > 0 {
		leaf = chain[0]
		faults.name(leaf, host)
		faults.validity(leaf, "it", now)
		if len(faults.clauses) > 0 {
			cause = t.chainFault(chain, now)
		}
	}
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(cause, &invalid) && invalid.Reason == x509.Expired:
		if invalid.Cert != nil && leaf != nil && !invalid.Cert.Equal(leaf) {
			faults.validity(invalid.Cert, "the authority "+certificateName(invalid.Cert.Subject), now)
		}
	case errors.As(cause, &invalid):
		faults.add(printable(strings.TrimPrefix(invalid.Error(), "x509: "), 160), "have it reissued")
	case errors.As(cause, &unknown) && leaf != nil && bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		faults.add("it is signed by itself and not among those trusted here", "if you trust it, name its PEM file as CA file")
	case errors.As(cause, &unknown) && leaf != nil:
		faults.add("it comes from "+certificateName(leaf.Issuer)+", which is not an authority trusted here",
			"if you trust that authority, name its PEM file as CA file; else have the server send its intermediate certificates")
	}
	if len(faults.clauses) == 0 {
		faults.add(printable(strings.TrimPrefix(unverified.Err.Error(), "x509: "), 160), "")
	}
	return &NetworkError{
		Code: ReasonCertificate, Err: err, Hint: strings.Join(faults.hints, "; "),
		Detail: "the certificate of " + peer + " cannot be trusted: " + strings.Join(faults.clauses, "; "),
	}
}

// chainFault says what would be wrong with a chain if its leaf had the right name and were valid now.
func (t *NetTransport) chainFault(chain []*x509.Certificate, now time.Time) error {
	if leaf := chain[0]; now.After(leaf.NotAfter) {
		now = leaf.NotAfter
	} else if now.Before(leaf.NotBefore) {
		now = leaf.NotBefore
	}
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: t.roots, Intermediates: intermediates, CurrentTime: now})
	return err
}

type certificateFaults struct {
	clauses, hints []string
}

func (f *certificateFaults) add(clause, hint string) {
	f.clauses = append(f.clauses, clause)
	if hint != "" {
		f.hints = append(f.hints, hint)
	}
}

func (f *certificateFaults) name(c *x509.Certificate, host string) {
	if c.VerifyHostname(host) == nil {
		return
	}
	host = printable(host, 260)
	names := certificateNames(c)
	if names == "" {
		f.add("it names no host, so it is not for "+host, "have it issued with a subject alternative name of "+host)
		return
	}
	f.add("it is for "+names+", not for "+host, "ask for a name that it is for, or have it issued for "+host)
}

func (f *certificateFaults) validity(c *x509.Certificate, which string, now time.Time) {
	switch {
	case now.After(c.NotAfter):
		f.add(which+" expired on "+day(c.NotAfter), "renew it")
	case now.Before(c.NotBefore):
		f.add(which+" is not valid before "+day(c.NotBefore), "check this machine's clock")
	}
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// certificateNames lists at most eight of the names that c is for.
func certificateNames(c *x509.Certificate) string {
	var names []string
	for _, name := range c.DNSNames {
		names = append(names, printable(name, 260))
	}
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return listing(names, 8)
}

func certificateName(n pkix.Name) string {
	if n.CommonName != "" {
		return quoted(n.CommonName, 80)
	}
	return quoted(n.String(), 120)
}

// listing is "a", "a and b", "a, b and c", or "a, b and 7 more" where there are more than limit.
func listing(items []string, limit int) string {
	if len(items) > limit {
		items = append(append([]string(nil), items[:limit]...), fmt.Sprintf("%d more", len(items)-limit))
	}
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// quoted is printable in quotation marks.
func quoted(s string, limit int) string { return `"` + printable(s, limit) + `"` }

// printable returns at most limit bytes of s, and whatever is not printable as an escape: what servers send goes to terminals.
func printable(s string, limit int) string {
	var b strings.Builder
	for i, r := range s {
		if b.Len() >= limit {
			b.WriteString("...")
			break
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !unicode.IsPrint(r) && r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

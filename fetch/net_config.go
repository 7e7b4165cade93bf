package fetch

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// NetConfig configures [NewNetTransport]. The zero value is a browser on this machine's network: the system's certificate
// authorities and DNS, proxies from the environment, HTTP/2 where the server has it.
//
// There is no switch that accepts any certificate: what such a run shows is not what a browser would do. For a server with a
// certificate of its own making, name that certificate or its authority's in CAFile or RootCAs.
type NetConfig struct {
	// RootCAs are the trusted certificate authorities. Nil: the system's. It is copied.
	RootCAs *x509.CertPool
	// CAFile is a PEM file of certificates that are trusted as well, at most 16 MiB. Empty: none.
	CAFile string
	// ClientCertificates are shown to servers that ask for one, by messages with [Message.Credentials] only. Nil: none. With
	// any, connections of messages with and without credentials are kept apart; else all messages share one pool, because
	// nothing in a connection then tells who uses it.
	ClientCertificates []tls.Certificate
	// Resolve gives addresses of names before anybody is asked, as curl's --resolve does. Where several rules fit, one with the
	// host beats one with "*", then one with the port beats one without, then the last one wins. Such names never go by a proxy.
	Resolve []ResolveRule
	// Resolver answers all other names but localhost and *.localhost, which are always this machine. Nil: net.DefaultResolver.
	Resolver *net.Resolver
	// Proxy returns the proxy for a URL of which only scheme and host are set, or nil for none. Schemes: http, https, socks5,
	// socks5h. Nil: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case, as they are when the transport is made. This
	// machine's own addresses never go by a proxy.
	Proxy func(*url.URL) (*url.URL, error)
	// Permit is asked about each address of a host before any of them is connected to: once a name is looked up, so that neither DNS nor
	// a redirect leads past it. host is without brackets; of an exchange that goes by a proxy it is the proxy's. An error ends the
	// exchange with [ReasonNotSent] and the error's text, and [NetworkError.Err] is that error. It must be safe for concurrent use. Nil:
	// every address will do.
	Permit func(host string, addr netip.Addr) error
	// DialTimeout bounds name lookup and connecting together. 0: 10 s. Negative: none but the context's.
	DialTimeout time.Duration
	// TLSHandshakeTimeout. 0: 10 s. Negative: none but the context's.
	TLSHandshakeTimeout time.Duration
	// MaxHeaderBytes bounds status line and headers of an answer, 1xx answers included, in bytes. 0: 256 KiB, as in Chromium.
	MaxHeaderBytes int64
	// DisableHTTP2 offers servers HTTP/1.1 alone.
	DisableHTTP2 bool
	// Clock tells the time by which certificates are valid. Nil: time.Now.
	Clock func() time.Time
}

// The defaults of [NetConfig].
const (
	DefaultDialTimeout         = 10 * time.Second
	DefaultTLSHandshakeTimeout = 10 * time.Second
	DefaultMaxHeaderBytes      = 256 << 10
)

const maxCAFile = 16 << 20

// NetConfigCode says what is wrong with a [NetConfig].
type NetConfigCode string

// The mistakes.
const (
	// NetConfigCAUnreadable: CAFile cannot be read.
	NetConfigCAUnreadable NetConfigCode = "ca-file-unreadable"
	// NetConfigCAInvalid: CAFile holds no certificates in PEM form, or broken ones.
	NetConfigCAInvalid NetConfigCode = "ca-file-invalid"
	// NetConfigResolve: a rule of Resolve cannot be used.
	NetConfigResolve NetConfigCode = "resolve-rule-invalid"
	// NetConfigProxy: a proxy variable of the environment is no proxy's URL.
	NetConfigProxy NetConfigCode = "proxy-invalid"
	// NetConfigLimit: a limit is negative.
	NetConfigLimit NetConfigCode = "limit-invalid"
)

// NetConfigError is a mistake in a [NetConfig] or in the text of a [ResolveRule].
type NetConfigError struct {
	Code NetConfigCode
	// Field of NetConfig, "Resolve[2]" for a member, or the environment's variable.
	Field string
	// Value is the offending one; of a proxy without its password.
	Value string
	// Pos is the byte offset in Value from which it is wrong; 0 where that makes no sense.
	Pos int
	// Problem is a clause, Hint says what to do.
	Problem, Hint string
	// Err is the cause; may be nil.
	Err error
}

func (e *NetConfigError) Error() string {
	return fmt.Sprintf("fetch: %s %s %s: %s", e.Field, quoted(e.Value, 200), e.Problem, e.Hint)
}

func (e *NetConfigError) Unwrap() error { return e.Err }

// withDefaults returns a copy without zero fields, or every mistake joined.
func (c NetConfig) withDefaults() (NetConfig, error) {
	var faults []error
	if c.DialTimeout == 0 {
		c.DialTimeout = DefaultDialTimeout
	}
	if c.TLSHandshakeTimeout == 0 {
		c.TLSHandshakeTimeout = DefaultTLSHandshakeTimeout
	}
	if c.MaxHeaderBytes < 0 {
		faults = append(faults, &NetConfigError{Code: NetConfigLimit, Field: "MaxHeaderBytes", Value: fmt.Sprint(c.MaxHeaderBytes),
			Problem: "is negative", Hint: fmt.Sprintf("give a number of bytes, or 0 for %d", DefaultMaxHeaderBytes)})
	}
	if c.MaxHeaderBytes == 0 {
		c.MaxHeaderBytes = DefaultMaxHeaderBytes
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.RootCAs != nil {
		c.RootCAs = c.RootCAs.Clone()
	}
	if c.CAFile != "" {
		pool, err := poolWithFile(c.RootCAs, c.CAFile)
		if err != nil {
			faults = append(faults, err)
		}
		c.RootCAs = pool
	}
	if c.Proxy == nil {
		proxy, errs := environmentProxy()
		c.Proxy, faults = proxy, append(faults, errs...)
	}
	return c, errors.Join(faults...)
}

// environmentProxy returns nil where the environment names no proxy, so that such a transport asks nothing.
func environmentProxy() (func(*url.URL) (*url.URL, error), []error) {
	env := httpproxy.FromEnvironment()
	if env.HTTPProxy == "" && env.HTTPSProxy == "" {
		return nil, nil
	}
	var faults []error
	for _, v := range []struct{ name, value string }{{"HTTP_PROXY", env.HTTPProxy}, {"HTTPS_PROXY", env.HTTPSProxy}} {
		// httpproxy passes over a value that it cannot read, and the user would wonder why the proxy is not used.
		if fault := proxyFault(v.name, v.value); fault != nil {
			faults = append(faults, fault)
		}
	}
	return env.ProxyFunc(), faults
}

func proxyFault(name, value string) error {
	if value == "" {
		return nil
	}
	fault := &NetConfigError{Code: NetConfigProxy, Field: name, Value: value, Problem: "is not a proxy's URL",
		Hint: "write http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, or unset it"}
	u, err := url.Parse(value)
	if (err != nil || u.Host == "") && !strings.Contains(value, "://") {
		// A bare host:port is read as an http:// URL.
		u, err = url.Parse("http://" + value)
	}
	if err != nil {
		fault.Value = "..." // it may hold a password that nobody can find in it
		return fault
	}
	if !isProxyURL(u) {
		fault.Value = u.Redacted()
		return fault
	}
	return nil
}

func isProxyURL(u *url.URL) bool {
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u.Hostname() != ""
	}
	return false
}

// poolWithFile returns pool, or a copy of the system's where it is nil, with the certificates of a PEM file.
func poolWithFile(pool *x509.CertPool, name string) (*x509.CertPool, error) {
	text, err := readCAFile(name)
	if err != nil {
		return pool, &NetConfigError{Code: NetConfigCAUnreadable, Field: "CAFile", Value: name, Err: err,
			Problem: "cannot be read: " + printable(causeOf(err), 200), Hint: "check the path and its permissions"}
	}
	invalid := func(problem, hint string, cause error) (*x509.CertPool, error) {
		return pool, &NetConfigError{Code: NetConfigCAInvalid, Field: "CAFile", Value: name, Err: cause, Problem: problem, Hint: hint}
	}
	if pool == nil {
		if pool, err = x509.SystemCertPool(); err != nil {
			pool = x509.NewCertPool()
		}
	}
	found, kind := 0, ""
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			kind = block.Type
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return invalid(fmt.Sprintf("holds a broken certificate, number %d in the file", found+1),
				"export the authority's certificate again", err)
		}
		pool.AddCert(certificate)
		found++
	}
	switch {
	case found > 0:
		return pool, nil
	case kind != "":
		return invalid(fmt.Sprintf("holds a %s and no certificate", printable(kind, 60)),
			"give the authority's certificate, a block that begins with -----BEGIN CERTIFICATE-----", nil)
	case len(bytes.TrimSpace(text)) == 0:
		return invalid("is empty", "give a PEM file with the authority's certificate", nil)
	}
	if _, err := x509.ParseCertificates(text); err == nil {
		return invalid("is a certificate in DER form", "convert it: openssl x509 -inform der -in FILE -out ca.pem", nil)
	}
	return invalid("holds no certificate", "give a PEM file, in which a line reads -----BEGIN CERTIFICATE-----", nil)
}

func readCAFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a directory")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxCAFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxCAFile {
		return nil, fmt.Errorf("it is larger than %d bytes", maxCAFile)
	}
	return text, nil
}

// causeOf is an error's text without the path that the caller says anyway.
func causeOf(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

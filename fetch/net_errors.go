package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"syscall"
)

// failure says why RoundTrip failed. It never returns nil.
func (x *netExchange) failure(ctx context.Context, err error) *NetworkError {
	if ctx.Err() != nil {
		return x.interrupted(contextError(ctx))
	}
	if x.refused.Load() {
		return http1Failure(x.target.HostPort())
	}
	if x.stream != nil {
		if cause := x.stream.failed.Load(); cause != nil {
			return sourceFailure(*cause)
		}
	}
	if dial := (*dialError)(nil); errors.As(err, &dial) && dial.refused != nil {
		return &NetworkError{Code: ReasonNotSent, Detail: printable(dial.refused.Error(), 200), Err: dial.refused}
	}
	if failed := x.proxyFailure(err); failed != nil {
		return failed
	}
	return x.classify(err, x.server(), strings.Trim(x.target.Host(), "[]"))
}

func sourceFailure(cause error) *NetworkError {
	return &NetworkError{Code: ReasonNetwork, Detail: "the request's body cannot be read: " + printable(cause.Error(), 200), Err: cause}
}

func (x *netExchange) statusFailure(status string) *NetworkError {
	return &NetworkError{Code: ReasonMalformed, Detail: x.server() + " answered with the status " + printable(status, 60), Hint: malformedHint}
}

// classify tells what happened between this machine and peer, a server or a proxy. name is the peer's in TLS.
func (x *netExchange) classify(err error, peer, name string) *NetworkError {
	if dial := (*dialError)(nil); errors.As(err, &dial) {
		return dial.networkError()
	}
	if errors.Is(err, errDials) {
		return &NetworkError{Code: ReasonReset, Err: err,
			Detail: fmt.Sprintf("%s refused the request on each of %d HTTP/2 connections", peer, maxDials),
			Hint:   "it may not take this URL, as one with a % that begins no escape, or one of the headers; or it is going down"}
	}
	stage, _ := x.reached()
	if failed := x.transport.certificateFailure(err, peer, name); failed != nil {
		return failed
	}
	if failed := tlsFailure(err, peer, name, stage); failed != nil {
		return failed
	}
	if failed := http2Failure(err, peer); failed != nil {
		return failed
	}
	made := func(code ReasonCode, detail, hint string) *NetworkError {
		return &NetworkError{Code: code, Detail: detail, Hint: hint, Err: err}
	}
	switch text := strings.TrimPrefix(err.Error(), "net/http: HTTP/1.x transport connection broken: "); {
	case strings.Contains(text, "response headers exceeded") || strings.Contains(text, "larger than advertised limit") ||
		strings.Contains(text, "header list too large"):
		return made(ReasonHeadersTooLarge, peer+" sent more headers than a browser takes", "look for a header that grows with every answer, as cookies do")
	case isTimeout(err):
		return made(ReasonTimeout, peer+" stopped answering "+stage.during(), "")
	case isErrno(err, syscall.ECONNRESET, 10054) || isErrno(err, syscall.ECONNABORTED, 10053):
		return made(ReasonReset, peer+" reset the connection "+stage.during(), closedHint(stage))
	case isErrno(err, syscall.EPIPE, 0):
		return made(ReasonReset, peer+" closed the connection while the request was being sent",
			"it may refuse large bodies, or the method; look at the server's log")
	case isUnreachable(err):
		return made(ReasonUnreachable, peer+" can no longer be reached", "check this machine's network")
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(text, "server closed idle connection"):
		return made(ReasonClosed, peer+" closed the connection "+stage.during(), closedHint(stage))
	case stage == stageHeaders || strings.HasPrefix(text, "malformed "):
		return made(ReasonMalformed, peer+" did not answer in HTTP: "+printable(text, 160), notHTTPHint(text))
	default:
		return made(ReasonNetwork, peer+": "+printable(text, 200), "")
	}
}

// interrupted is the end of an exchange by its context.
func (x *netExchange) interrupted(cause error) *NetworkError {
	failed := &NetworkError{Code: ReasonNetwork, Err: cause}
	ended := "canceled"
	if errors.Is(cause, context.DeadlineExceeded) {
		failed.Code, ended = ReasonTimeout, "no time was left"
	}
	stage, object := x.reached()
	switch stage {
	case stageStart:
		failed.Detail = ended + " before there was a connection to " + x.server()
	case stageResolving:
		failed.Detail = ended + " while the name " + printable(object, 260) + " was being looked up"
		failed.Hint = "see whether this machine's DNS server answers"
	case stageConnecting:
		failed.Detail = ended + " while connecting to " + printable(object, 300)
		failed.Hint = "check address and port; a firewall that drops packets looks like this"
	case stageConnected:
		failed.Detail = ended + " before there was a connection to " + x.server()
		if x.proxy != nil {
			failed.Detail = ended + " while the proxy " + x.proxyName() + " was connecting to " + x.host()
		}
	default:
		failed.Detail = ended + " " + stage.during() + " (" + x.server() + ")"
		if stage == stageWaiting {
			failed.Hint = "the server has the request and does not answer: look at its log"
		}
	}
	return failed
}

func (s netStage) during() string {
	switch s {
	case stageTLS:
		return "during the TLS handshake"
	case stageSending:
		return "while the request was being sent"
	case stageHeaders:
		return "in the middle of the answer's headers"
	}
	return "before it answered"
}

// contextError wraps ctx's error, and the cause that its owner gave, if any.
func contextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

const malformedHint = "a status is a number from 200 to 599; look at the program that listens on that port"

func closedHint(stage netStage) string {
	if stage == stageTLS {
		return "the port may not speak TLS: try http://"
	}
	return "the server may have crashed on this request: look at its log"
}

// notHTTPHint reads what came in place of a status line out of net/http's text, in which it is quoted.
func notHTTPHint(text string) string {
	switch {
	case strings.Contains(text, `"\x15\x03`):
		return "the port speaks TLS: use https://"
	case strings.Contains(text, `"\x00\x00`):
		return "the port speaks HTTP/2 without TLS, which browsers do not: use https://, or let it speak HTTP/1.1"
	case strings.Contains(text, "malformed HTTP response"):
		return "another protocol than HTTP listens on that port: check the port"
	}
	return "the server's answer breaks the HTTP grammar: look at the program that wrote its headers"
}

// host is the target's, with the port where the URL has one.
func (x *netExchange) host() string { return x.target.HostPort() }

// server is the target's host with the address of the connection, where there is one.
func (x *netExchange) server() string {
	if x.conn == nil || x.proxy != nil {
		return x.host()
	}
	address := x.conn.RemoteAddr().String()
	if address == x.host() {
		return address
	}
	return x.host() + " (" + address + ")"
}

// networkError of a failed dial.
func (e *dialError) networkError() *NetworkError {
	failed := &NetworkError{Err: e}
	if e.lookup != nil {
		return e.lookupError(failed)
	}
	var addrs []netip.AddrPort
	local := true
	refused, reset, timeout, unreachable := false, false, false, false
	for _, a := range e.attempts {
		addrs = append(addrs, a.addr)
		local = local && a.addr.Addr().IsLoopback()
		switch {
		case isErrno(a.err, syscall.ECONNREFUSED, 10061):
			refused = true
		case isErrno(a.err, syscall.ECONNRESET, 10054):
			reset = true
		case isTimeout(a.err):
			timeout = true
		case isUnreachable(a.err):
			unreachable = true
		}
	}
	at := addrList(addrs)
	if literal := strings.HasPrefix(at, e.host) || strings.HasPrefix(at, "["+e.host+"]"); !literal {
		at += " (" + printable(e.host, 100) + ")"
	}
	switch {
	// A family that this machine does not have is unreachable beside an address that says more.
	case refused:
		failed.Code, failed.Detail = ReasonRefused, "nothing accepts connections at "+at
		failed.Hint = "check the port; the server may be down, or a firewall refuses"
		if local {
			failed.Hint = fmt.Sprintf("is the server running on this machine? start it, or correct the port %d in the URL", addrs[0].Port())
		}
	case reset:
		failed.Code, failed.Detail = ReasonReset, "the connection was reset while it was being made to "+at
		failed.Hint = "something between here and there refuses: a firewall, or a container without its service"
	case timeout:
		failed.Code, failed.Detail = ReasonTimeout, "no connection to "+at+" within "+e.timeout.String()
		failed.Hint = "check address and port; a firewall that drops packets looks like this"
	case unreachable:
		failed.Code, failed.Detail = ReasonUnreachable, "there is no way to "+at+": "+printable(errnoText(e.attempts[0].err), 100)
		failed.Hint = "check this machine's network, VPN and routes"
	default:
		failed.Code, failed.Detail = ReasonNetwork, "no connection to "+at
		if len(e.attempts) > 0 {
			failed.Detail += ": " + printable(errnoText(e.attempts[0].err), 100)
		}
	}
	return failed
}

func (e *dialError) lookupError(failed *NetworkError) *NetworkError {
	name := quoted(e.host, 260)
	failed.Code = ReasonNameNotResolved
	failed.Hint = "see whether this machine's DNS server works, and ask again"
	dns := (*net.DNSError)(nil)
	if !errors.As(e.lookup, &dns) {
		failed.Detail = "the name " + name + " cannot be looked up: " + printable(e.lookup.Error(), 200)
		return failed
	}
	by := ""
	if dns.Server != "" {
		by = " " + printable(dns.Server, 60)
	}
	switch {
	case dns.IsNotFound:
		failed.Detail = "the name " + name + " has no address"
		failed.Hint = "check the spelling; for a name that DNS does not know, give its address by a resolve rule (HOST:PORT:ADDRESS)"
	case dns.IsTimeout:
		failed.Detail = "the DNS server" + by + " did not answer for the name " + name
	default:
		failed.Detail = "the DNS server" + by + " failed for the name " + name + ": " + printable(dns.Err, 100)
	}
	return failed
}

// errnoText is the innermost text: "no route to host" out of "dial tcp 10.0.0.1:80: connect: no route to host".
func errnoText(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// isErrno takes the number that Windows has for it too: its sockets report WSA errors, which package syscall does not name.
func isErrno(err error, unix syscall.Errno, windows syscall.Errno) bool {
	return errors.Is(err, unix) || runtime.GOOS == "windows" && windows != 0 && errors.Is(err, windows)
}

func isUnreachable(err error) bool {
	return isErrno(err, syscall.ENETUNREACH, 10051) || isErrno(err, syscall.EHOSTUNREACH, 10065) ||
		isErrno(err, syscall.EADDRNOTAVAIL, 10049) || isErrno(err, syscall.EAFNOSUPPORT, 10047) ||
		isErrno(err, syscall.EHOSTDOWN, 10064) || isErrno(err, syscall.ENETDOWN, 10050) ||
		isErrno(err, syscall.EACCES, 10013) || isErrno(err, syscall.EPERM, 0)
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// proxyStatusError is a proxy's answer to CONNECT, other than 200.
type proxyStatusError struct {
	code int
	text string
}

func (e *proxyStatusError) Error() string { return "the proxy answered " + e.text }

func checkProxyConnect(_ context.Context, _ *url.URL, _ *http.Request, r *http.Response) error {
	if r.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyStatusError{r.StatusCode, r.Status}
}

// proxyFailure returns nil where the failure is not one between this machine and its proxy.
func (x *netExchange) proxyFailure(err error) *NetworkError {
	if x.proxy == nil {
		return nil
	}
	failed := &NetworkError{Code: ReasonProxy, Err: err,
		Hint: "check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY"}
	if status := (*proxyStatusError)(nil); errors.As(err, &status) {
		failed.Detail = fmt.Sprintf("the proxy %s would not connect to %s: %s", x.proxyName(), x.host(), printable(status.text, 100))
		failed.Hint = "the proxy may not reach that host or not allow it; if it needs no proxy, name it in NO_PROXY"
		if status.code == http.StatusProxyAuthRequired {
			failed.Code = ReasonProxyAuth
			failed.Hint = "give the proxy's user name and password: http://USER:PASSWORD@HOST:PORT"
		}
		return failed
	}
	var op *net.OpError
	stage, _ := x.reached()
	switch isOp := errors.As(err, &op); {
	case isOp && op.Op == "proxyconnect":
		inner := x.classify(op.Err, "the proxy "+x.proxyName(), x.proxy.Hostname())
		failed.Detail = "the proxy " + x.proxyName() + " cannot be used: " + inner.Detail
	case isOp && strings.HasPrefix(op.Op, "socks "):
		failed.Detail = fmt.Sprintf("the proxy %s would not connect to %s: %s", x.proxyName(), x.host(), printable(op.Err.Error(), 100))
	case stage == stageConnected:
		failed.Detail = fmt.Sprintf("the proxy %s gave no usable answer to CONNECT: %s", x.proxyName(), printable(err.Error(), 160))
	case stage >= stageSending && x.target.Scheme() == "http":
		// Here the proxy is the one that answers.
		inner := x.classify(err, "the proxy "+x.proxyName(), x.proxy.Hostname())
		failed.Code, failed.Detail = inner.Code, inner.Detail
	default:
		return nil
	}
	return failed
}

// proxyName is without a password.
func (x *netExchange) proxyName() string { return printable(x.proxy.Scheme+"://"+x.proxy.Host, 200) }

// http2StreamError has the fields of net/http's own type, which lets errors.As fill in one with the same fields.
type http2StreamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e http2StreamError) Error() string { return fmt.Sprintf("stream error: code %d", e.Code) }

var http2ErrorNames = [...]string{"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
	"STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"}

// http2Failure returns nil for errors that are not HTTP/2's.
func http2Failure(err error, peer string) *NetworkError {
	failed := &NetworkError{Err: err}
	text := err.Error()
	var stream http2StreamError
	if errors.As(err, &stream) {
		name := fmt.Sprintf("error 0x%x", stream.Code)
		if int(stream.Code) < len(http2ErrorNames) {
			name = http2ErrorNames[stream.Code]
		}
		cause := "it sent what cannot stand there (" + name + ")"
		if stream.Cause != nil {
			cause = stream.Cause.Error()
		}
		if cause == "received from peer" {
			failed.Code, failed.Detail = ReasonReset, peer+" reset the HTTP/2 stream: "+name
			failed.Hint = "the server may have crashed on this request: look at its log"
			return failed
		}
		if strings.Contains(cause, "larger than advertised limit") || strings.Contains(cause, "header list too large") {
			return nil // the case of HTTP/1.1 too
		}
		failed.Code, failed.Detail = ReasonMalformed, peer+" broke the rules of HTTP/2: "+printable(cause, 160)
		failed.Hint = "look at the program that wrote the answer's headers"
		return failed
	}
	switch {
	case strings.Contains(text, "GOAWAY"):
		failed.Code, failed.Detail = ReasonClosed, peer+" closed the HTTP/2 connection: "+printable(text, 160)
		failed.Hint = "the server is going down or takes offence at this request: look at its log"
	case strings.HasPrefix(text, "connection error: "):
		failed.Code, failed.Detail = ReasonMalformed, peer+" broke the rules of HTTP/2: "+printable(text, 160)
		failed.Hint = "look at the program that listens on that port; it may send far more headers than a browser takes"
	case strings.HasPrefix(text, "http2: client connection lost") || strings.Contains(text, "http2: client conn "):
		failed.Code, failed.Detail = ReasonClosed, peer+" lost the HTTP/2 connection"
	default:
		return nil
	}
	return failed
}

// tlsFailure returns nil for errors that are not TLS's.
func tlsFailure(err error, peer, name string, stage netStage) *NetworkError {
	failed := &NetworkError{Code: ReasonTLS, Err: err}
	var op *net.OpError
	record := tls.RecordHeaderError{}
	switch {
	case errors.As(err, &record):
		failed.Detail = peer + " does not speak TLS"
		failed.Hint = "another protocol listens on that port: check the port"
		if header := string(record.RecordHeader[:]); header == "HTTP/" || strings.HasPrefix(header, "<") {
			failed.Detail = peer + " speaks HTTP without TLS"
			failed.Hint = "use http:// for that port, or the port with TLS"
		}
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		alert := strings.TrimPrefix(op.Err.Error(), "tls: ")
		if op.Op == "local error" {
			failed.Detail = fmt.Sprintf("%s and this program found no common ground in TLS: %s", peer, printable(alert, 100))
			break
		}
		failed.Detail = fmt.Sprintf("%s ended the TLS handshake: %s", peer, printable(alert, 100))
		switch alert {
		case "certificate required", "bad certificate":
			failed.Hint = "the server wants a client certificate, which goes with credentials only"
		case "unrecognized name", "unrecognised name":
			failed.Hint = "the server has no site of the name " + name
		case "protocol version not supported", "handshake failure", "insufficient security level":
			failed.Hint = "browsers and this program need TLS 1.2 or 1.3 with current ciphers, which the server may lack; " +
				"or it wants a client certificate, which goes with credentials only"
		}
	case isTimeout(err) && strings.Contains(err.Error(), "TLS handshake"):
		failed.Code, failed.Detail = ReasonTimeout, peer+" did not finish the TLS handshake in time"
		failed.Hint = "the port may not speak TLS: try http://"
	case stage == stageTLS && strings.HasPrefix(err.Error(), "tls: "):
		failed.Detail = "TLS with " + peer + " failed: " + printable(strings.TrimPrefix(err.Error(), "tls: "), 160)
		if strings.Contains(err.Error(), "unsupported protocol version") {
			failed.Hint = "browsers and this program need TLS 1.2 or 1.3: update the server's TLS settings"
		}
	default:
		return nil
	}
	return failed
}

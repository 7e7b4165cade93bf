package fetch

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// attemptDelay is how long an address is tried alone before the next one is tried beside it.
// https://www.rfc-editor.org/rfc/rfc8305#section-5
const attemptDelay = 250 * time.Millisecond

// netDialer finds a host's addresses and connects to one of them.
type netDialer struct {
	rules    resolveTable
	resolver *net.Resolver
	permit   func(host string, addr netip.Addr) error // NetConfig.Permit; may be nil
	timeout  time.Duration                            // of lookup and connecting together; negative: none
	connect  func(context.Context, netip.AddrPort) (net.Conn, error)
}

// dialError says to what no connection could be made.
type dialError struct {
	host     string // without brackets
	port     uint16
	lookup   error         // not nil -> the name has no address and attempts is empty
	refused  error         // what NetConfig.Permit said; not nil -> attempts is empty
	attempts []dialAttempt // in the order in which they failed
	timeout  time.Duration // what all of it was given
}

type dialAttempt struct {
	addr netip.AddrPort
	err  error
}

func (e *dialError) Error() string {
	if e.lookup != nil {
		return e.lookup.Error()
	}
	if e.refused != nil {
		return e.refused.Error()
	}
	for _, a := range e.attempts {
		return a.err.Error()
	}
	return "no address"
}

func (e *dialError) Unwrap() []error {
	var errs []error
	if e.lookup != nil {
		errs = append(errs, e.lookup)
	}
	if e.refused != nil {
		errs = append(errs, e.refused)
	}
	for _, a := range e.attempts {
		errs = append(errs, a.err)
	}
	return errs
}

// dial is net/http's DialContext: address is host:port. The error is a *dialError or errDials.
func (d *netDialer) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := splitAddress(address)
	if err != nil {
		return nil, err
	}
	x, _ := ctx.Value(netExchangeKey{}).(*netExchange)
	return d.dialFor(ctx, x, host, port)
}

// splitAddress takes host:port. The error is a *dialError.
func splitAddress(address string) (host string, port uint16, err error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, &dialError{host: address, lookup: err}
	}
	port, ok := parsePort(service)
	if !ok {
		return "", 0, &dialError{host: host, lookup: &net.AddrError{Err: "no port to connect to", Addr: address}}
	}
	return host, port, nil
}

// dialFor connects to one of the host's addresses. A nil exchange is told nothing.
func (d *netDialer) dialFor(ctx context.Context, x *netExchange, host string, port uint16) (net.Conn, error) {
	if d.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.timeout)
		defer cancel()
	}
	if err := x.dial(); err != nil {
		return nil, err
	}
	x.dialing(stageResolving, strconv.Quote(host))
	addrs, err := d.resolve(ctx, host, port)
	failed := &dialError{host: host, port: port, timeout: d.timeout}
	if err != nil {
		failed.lookup = err
		return nil, failed
	}
	if failed.refused = d.permitted(host, addrs); failed.refused != nil {
		return nil, failed
	}
	x.dialing(stageConnecting, addrList(addrs))
	conn, attempts := d.connectFirst(ctx, addrs)
	if conn == nil {
		failed.attempts = attempts
		return nil, failed
	}
	x.dialing(stageConnected, conn.RemoteAddr().String())
	return conn, nil
}

// permitted refuses a host for a single address that is not allowed: which one is connected to is chance.
func (d *netDialer) permitted(host string, addrs []netip.AddrPort) error {
	if d.permit == nil {
		return nil
	}
	for _, a := range addrs {
		if err := d.permit(host, a.Addr()); err != nil {
			return err
		}
	}
	return nil
}

// connectFirst returns the first connection that stands, or why none does. It starts with the first address and goes to the
// next one when an attempt fails or takes long; the losers are closed.
// https://www.rfc-editor.org/rfc/rfc8305#section-5
func (d *netDialer) connectFirst(ctx context.Context, addrs []netip.AddrPort) (net.Conn, []dialAttempt) {
	if len(addrs) == 1 {
		conn, err := d.connect(ctx, addrs[0])
		if err != nil {
			return nil, []dialAttempt{{addrs[0], err}}
		}
		return conn, nil
	}
	type result struct {
		conn net.Conn
		dialAttempt
	}
	ctx, cancel := context.WithCancel(ctx)
	results := make(chan result, len(addrs)) // as many as there are attempts, so that none of them waits for a reader
	var failed []dialAttempt
	next, running := 0, 0
	defer func() {
		cancel()
		if running == 0 {
			return
		}
		go func() {
			for range running {
				if r := <-results; r.conn != nil {
					r.conn.Close()
				}
			}
		}()
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for next < len(addrs) || running > 0 {
		wake := timer.C
		if next == len(addrs) {
			wake = nil
		}
		select {
		case <-wake:
			addr := addrs[next]
			next, running = next+1, running+1
			go func() {
				conn, err := d.connect(ctx, addr)
				results <- result{conn, dialAttempt{addr, err}}
			}()
			timer.Reset(attemptDelay)
		case r := <-results:
			running--
			if r.conn != nil {
				return r.conn, nil
			}
			failed = append(failed, r.dialAttempt)
			if ctx.Err() != nil {
				next = len(addrs) // those that run still say why they failed; no others begin
			}
			timer.Reset(0)
		}
	}
	return nil, failed
}

func connectTCP(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr.String())
}

// addrList is "a", "a and b", or "a, b and c".
func addrList(addrs []netip.AddrPort) string {
	texts := make([]string, len(addrs))
	for i, a := range addrs {
		texts[i] = a.String()
	}
	return listing(texts, maxResolveAddrs)
}

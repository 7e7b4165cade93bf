//go:build unix

package http1

import (
	"net"
	"syscall"
	"time"
)

// probe looks at what waits in a socket without taking it out.
type probe struct {
	socket  syscall.RawConn // nil: not a socket
	layered bool
	peek    func(fd uintptr) bool
	n       int
	err     error
}

func (p *probe) init(nc net.Conn) {
	socket, layered := socketOf(nc)
	p.layered = layered
	if s, ok := socket.(syscall.Conn); ok {
		p.socket, _ = s.SyscallConn()
	}
	p.peek = func(fd uintptr) bool {
		var one [1]byte
		p.n, _, p.err = syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		return true
	}
}

func (p *probe) state(time.Time) lineState {
	if p.socket == nil {
		return silent
	}
	if err := p.socket.Read(p.peek); err != nil {
		return gone
	}
	switch {
	case p.err == syscall.EAGAIN:
		return silent
	case p.err == nil && p.n > 0 && p.layered:
		return speaking
	}
	return gone
}

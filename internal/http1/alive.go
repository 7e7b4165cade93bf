package http1

import (
	"net"
	"time"
)

// probeTime is how long a connection is listened to where nothing cheaper tells whether it still stands.
const probeTime = time.Millisecond

// alive reports whether a connection that has waited still stands. A server that closed it, or said something unasked, is not
// asked again; the keys and tickets of TLS are not something said.
func (c *Conn) alive() bool {
	switch c.probe.state(c.idle) {
	case silent:
		return true
	case speaking:
		return c.listen()
	}
	return false
}

// listen reads for a moment, and wants to hear nothing.
func (c *Conn) listen() bool {
	c.nc.SetReadDeadline(time.Now().Add(probeTime))
	n, err := c.nc.Read(make([]byte, 1))
	c.nc.SetReadDeadline(time.Time{})
	return n == 0 && isTimeout(err)
}

type lineState int

const (
	silent   lineState = iota // nothing has come
	speaking                  // something has come, or nobody knows
	gone
)

// socketOf returns what nc, perhaps a TLS connection, stands on.
func socketOf(nc net.Conn) (socket net.Conn, layered bool) {
	if upper, ok := nc.(interface{ NetConn() net.Conn }); ok {
		return upper.NetConn(), true
	}
	return nc, false
}

package world

import (
	"encoding/binary"
	"io"
	"net"
	"strconv"
)

// ForwardSOCKS is the least of a SOCKS5 proxy that browsers need (RFC 1928: no authentication, CONNECT), for one connection. It
// leads HOST:PORT to its address and refuses all others, so that a browser's own calls home end here.
func ForwardSOCKS(c net.Conn, addresses map[string]string) {
	greeting := make([]byte, 2)
	if _, err := io.ReadFull(c, greeting); err != nil || greeting[0] != 5 {
		return
	}
	if _, err := io.CopyN(io.Discard, c, int64(greeting[1])); err != nil {
		return
	}
	c.Write([]byte{5, 0})
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil || head[1] != 1 {
		return
	}
	size := make([]byte, 1)
	switch head[3] {
	case 1:
		size[0] = 4
	case 4:
		size[0] = 16
	default:
		if _, err := io.ReadFull(c, size); err != nil {
			return
		}
	}
	target := make([]byte, int(size[0])+2)
	if _, err := io.ReadFull(c, target); err != nil {
		return
	}
	host := string(target[:size[0]])
	if head[3] != 3 {
		host = net.IP(target[:size[0]]).String()
	}
	port := strconv.Itoa(int(binary.BigEndian.Uint16(target[size[0]:])))
	address, ok := addresses[net.JoinHostPort(host, port)]
	if !ok {
		c.Write([]byte{5, 4, 0, 1, 0, 0, 0, 0, 0, 0}) // host unreachable
		return
	}
	server, err := net.Dial("tcp", address)
	if err != nil {
		c.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	defer server.Close()
	c.Write([]byte{5, 0, 0, 1, 127, 0, 0, 1, 0, 0})
	go func() {
		io.Copy(server, c)
		server.Close()
		c.Close()
	}()
	io.Copy(c, server)
}

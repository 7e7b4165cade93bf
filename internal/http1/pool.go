package http1

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Key says which connections can stand for one another. Credentials is for those that may have shown a client certificate.
type Key struct {
	Scheme, Host string
	Credentials  bool
}

// Pool keeps connections between exchanges. The zero value keeps none. Its fields must not change once it is used. It is safe for
// concurrent use.
type Pool struct {
	// MaxPerKey and Max bound the connections that wait: under one key, and in all.
	MaxPerKey, Max int
	// IdleTime is how long a connection may wait. 0: for ever.
	IdleTime time.Duration

	mu      sync.Mutex
	waiting map[Key][]*Conn // each list with the one that waits longest first
	count   int
	timer   *time.Timer // nil: does not run
	closing bool        // CloseIdle was called, and no Take since
}

// Take returns a connection that waits under k and still stands, the latest first, or nil.
func (p *Pool) Take(k Key) *Conn {
	for {
		c := p.pop(k)
		if c == nil || c.alive() {
			return c
		}
		c.nc.Close()
	}
}

func (p *Pool) pop(k Key) *Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = false
	list := p.waiting[k]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	list[len(list)-1] = nil
	p.waiting[k] = list[:len(list)-1] // an empty list stays: another connection will most likely come back
	p.count--
	return c
}

func (p *Pool) put(c *Conn) {
	c.idle = time.Now()
	if drop := p.add(c); drop != nil {
		drop.nc.Close()
	}
}

// add returns the connection that has to go.
func (p *Pool) add(c *Conn) (drop *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing || p.MaxPerKey <= 0 || p.Max <= 0 {
		return c
	}
	list, known := p.waiting[c.key]
	switch {
	case len(list) >= p.MaxPerKey:
		drop = list[0]
		list = slices.Delete(list, 0, 1)
		p.count--
	case p.count >= p.Max:
		drop = p.oldest()
		list, known = p.waiting[c.key]
	}
	if !known {
		p.forgetEmpty()
		if p.waiting == nil {
			p.waiting = make(map[Key][]*Conn)
		}
		c.key.Host = strings.Clone(c.key.Host) // it is a part of a whole URL
	}
	p.waiting[c.key] = append(list, c)
	p.count++
	if p.timer == nil && p.IdleTime > 0 {
		p.timer = time.AfterFunc(p.IdleTime, p.expire)
	}
	return drop
}

// oldest takes out the connection that waits longest.
func (p *Pool) oldest() (c *Conn) {
	for _, list := range p.waiting {
		if len(list) > 0 && (c == nil || list[0].idle.Before(c.idle)) {
			c = list[0]
		}
	}
	list := p.waiting[c.key]
	p.waiting[c.key] = slices.Delete(list, 0, 1)
	p.count--
	return c
}

// forgetEmpty keeps the map's size within twice that of the pool.
func (p *Pool) forgetEmpty() {
	if len(p.waiting) < 2*p.Max {
		return
	}
	for k, list := range p.waiting {
		if len(list) == 0 {
			delete(p.waiting, k)
		}
	}
}

// expire closes what has waited for too long.
func (p *Pool) expire() {
	var late []*Conn
	p.mu.Lock()
	until := time.Now().Add(-p.IdleTime)
	next := time.Duration(0)
	for k, list := range p.waiting {
		n := 0
		for n < len(list) && !list[n].idle.After(until) {
			n++
		}
		late = append(late, list[:n]...)
		if n == len(list) {
			delete(p.waiting, k)
			continue
		}
		p.waiting[k] = append(list[:0:0], list[n:]...)
		if wait := list[n].idle.Sub(until); next == 0 || wait < next {
			next = wait
		}
	}
	p.count -= len(late)
	if p.timer != nil {
		if p.timer = nil; next > 0 {
			p.timer = time.AfterFunc(next, p.expire)
		}
	}
	p.mu.Unlock()
	for _, c := range late {
		c.nc.Close()
	}
}

// CloseIdle closes the connections that wait. Those in use are closed when their exchange ends, unless another Take comes first.
func (p *Pool) CloseIdle() {
	p.mu.Lock()
	waiting := p.waiting
	p.waiting, p.count, p.closing = nil, 0, true
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	p.mu.Unlock()
	for _, list := range waiting {
		for _, c := range list {
			c.nc.Close()
		}
	}
}

package webui

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

// worlds are the demo's servers of one lab. Faults have no memory and share a world; each step of the story gets a new one, so that it ends
// as it did the last time. It is safe for concurrent use.
type worlds struct {
	ctx context.Context

	mu     sync.Mutex
	shared *demo.World
}

// exhibited is an item of the gallery, ready to run.
type exhibited struct {
	transport fetch.Transport
	profile   fetch.Profile
	timeout   time.Duration
	close     func()
}

// impatience is the time-out for servers that never answer.
const impatience = time.Second

// open returns the servers of an item. The caller closes it.
func (w *worlds) open(id string) (*exhibited, error) {
	_, items := collection()
	item, ok := items[id]
	if !ok {
		return nil, &Problem{Status: http.StatusNotFound, Code: "demo-unknown", Message: "the gallery has no item " + clip(id)}
	}
	e := &exhibited{close: func() {}}
	world, err := w.world(item.story)
	if err != nil {
		return nil, err
	}
	if item.story {
		e.close = func() { world.Close() }
	}
	if item.needsTimeout {
		e.timeout = impatience
	}
	if item.lax {
		e.profile = fetch.Profile{Name: "lax-by-default", Cookies: fetch.CookiePolicy{LaxByDefault: true}}
	}
	if item.browser == "chromium" {
		e.profile = fetch.Chromium()
	}
	network, err := worldNetwork(world)
	if err != nil {
		e.close()
		return nil, err
	}
	e.transport = network
	return e, nil
}

func (w *worlds) world(story bool) (*demo.World, error) {
	if story {
		world, err := demo.Start(w.ctx)
		if err != nil {
			return nil, err
		}
		if err := logIn(w.ctx, world.Handler(bankHost)); err != nil {
			world.Close()
			return nil, err
		}
		return world, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shared == nil {
		world, err := demo.Start(w.ctx)
		if err != nil {
			return nil, err
		}
		w.shared = world
	}
	return w.shared, nil
}

func (w *worlds) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shared != nil {
		w.shared.Close()
	}
}

// onlyWorld is a network on which there is the demo's world and nothing else: an item of the gallery may be played as soon as a link is
// opened, and what the link changed of it must not reach anybody.
type onlyWorld struct {
	*fetch.NetTransport
	at map[string]string // by host:port, as World.Resolve has it
}

func worldNetwork(world *demo.World) (*onlyWorld, error) {
	config, err := demofetch.Network(world)
	if err != nil {
		return nil, err
	}
	t, err := fetch.NewNetTransport(config)
	if err != nil {
		return nil, err
	}
	return &onlyWorld{t, world.Resolve()}, nil
}

// knows reports whether the world has a server for m, and where that would be.
func (t *onlyWorld) knows(m *fetch.Message) (host, port string, known bool) {
	host, port = m.URL.Host(), "443"
	if m.URL.Scheme() == "http" {
		port = "80"
	}
	if _, p, ok := strings.Cut(m.URL.HostPort(), host+":"); ok {
		port = p
	}
	_, known = t.at[host+":"+port]
	return host, port, known
}

// AddressSpaceOf implements [fetch.AddressSpaceFinder]. Nobody is asked for the address of a name that is not of the world.
func (t *onlyWorld) AddressSpaceOf(ctx context.Context, m *fetch.Message) fetch.AddressSpace {
	if _, _, known := t.knows(m); !known {
		return fetch.AddressSpaceUnknown
	}
	return t.NetTransport.AddressSpaceOf(ctx, m)
}

// Exchange implements [fetch.Transport].
func (t *onlyWorld) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	if host, port, known := t.knows(m); !known {
		// No name under invalid has an address anywhere, so that nobody needs to be asked. https://www.rfc-editor.org/rfc/rfc6761#section-6.4
		if strings.HasSuffix(host, ".invalid") {
			return nil, &fetch.NetworkError{Code: fetch.ReasonNameNotResolved, Detail: "the name " + strconv.Quote(host) + " has no address", Hint: "check the spelling"}
		}
		return nil, &fetch.NetworkError{Code: fetch.ReasonNameNotResolved, Detail: "the demo has no server at " + host + ":" + port,
			Hint: "an item of the gallery reaches the demo's servers and no others"}
	}
	return t.NetTransport.Exchange(ctx, m)
}

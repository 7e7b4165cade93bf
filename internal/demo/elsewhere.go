package demo

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Elsewhere is the world at origins of the caller's choice, without sockets of its own: what the servers answer names those. It is safe for
// concurrent use.
type Elsewhere struct {
	site *site
	// authorities are the one that the world's certificates are from, and one that nobody trusts; made when first asked for.
	authorities func() ([2]*authority, error)
}

// elsewhereRoles are the servers that need neither TLS nor a name.
var elsewhereRoles = []string{roleApp, roleAPI, roleBank, roleEvil, roleFaults, roleOther, roleWire}

// Origins returns the origins, in a [World], of the servers that can be put elsewhere.
func Origins() []string {
	var origins []string
	for _, role := range elsewhereRoles {
		origins = append(origins, realNames[role])
	}
	return origins
}

// NewElsewhere returns a new world in which each of [Origins] is found at at[origin]. One that is missing there is nowhere. Alice is logged
// in at the bank: her cookie is session=alice-1.
func NewElsewhere(at map[string]string) *Elsewhere {
	e := &Elsewhere{site: newSite(placesAt(at)), authorities: sync.OnceValues(func() (both [2]*authority, err error) {
		now := time.Now()
		for i, name := range []string{"Corscope demo, in memory", "Somebody else"} {
			if both[i], err = newAuthority(name, now); err != nil {
				break
			}
		}
		return both, err
	})}
	e.site.bank.login()
	return e
}

func placesAt(at map[string]string) places {
	p := make(places)
	for role, origin := range realNames {
		if to, ok := at[origin]; ok {
			p[role] = to
		}
	}
	return p
}

// Handler returns the server that a World has at origin, which may be on http where the World has it on https, and the other way about.
// It is nil where a World has none that speaks HTTP.
func (e *Elsewhere) Handler(origin string) http.Handler {
	_, host, _ := strings.Cut(origin, "://")
	for _, role := range append([]string{roleInsecure}, elsewhereRoles...) {
		if realNames.host(role) == host {
			return e.site.handler(role)
		}
	}
	return nil
}

// Certificate returns the certificate of the server that a World has at origin, for the host where it is found: one for another name, one
// that has run out, one from an authority that nobody knows, or, for any other server, a right one. The error says why none could be made.
func (e *Elsewhere) Certificate(origin, host string) (*tls.Certificate, error) {
	both, err := e.authorities()
	if err != nil {
		return nil, err
	}
	switch origin {
	case realNames[roleWrongName]:
		return both[0].leaf("somebody-else.example")
	case realNames[roleExpired]:
		return both[0].expired(host)
	case realNames[roleUnknownAuthority]:
		return both[1].leaf(host)
	}
	return both[0].leaf(host)
}

// CAPool returns a new pool with the authority that the right certificates are from. The error says why there is none.
func (e *Elsewhere) CAPool() (*x509.CertPool, error) {
	both, err := e.authorities()
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(both[0].cert)
	return pool, nil
}

// Obstacle is what keeps a client from speaking HTTP with a server of a [World].
type Obstacle string

// The obstacles. The empty one is none.
const (
	ObstacleName        Obstacle = "name"        // it has no address
	ObstacleRefused     Obstacle = "refused"     // nobody listens
	ObstacleUnreachable Obstacle = "unreachable" // no way leads to its address
	ObstacleSilence     Obstacle = "silence"     // it accepts, and never says a word
	ObstaclePlainHTTP   Obstacle = "plain-http"  // it speaks http where https is expected
	ObstacleCertificate Obstacle = "certificate" // its certificate is wrong: see [Elsewhere.Certificate]
)

// ObstacleAt returns what stands before the server that a World has at origin.
func ObstacleAt(origin string) Obstacle {
	return map[string]Obstacle{
		realNames[roleNowhere]: ObstacleName, realNames[roleRefused]: ObstacleRefused, realNames[roleUnreachable]: ObstacleUnreachable,
		realNames[roleSilent]: ObstacleSilence, realNames[rolePlainTLS]: ObstaclePlainHTTP, realNames[roleWrongName]: ObstacleCertificate,
		realNames[roleExpired]: ObstacleCertificate, realNames[roleUnknownAuthority]: ObstacleCertificate,
	}[origin]
}

package demo

import (
	"net/http"
	"sync"
)

// Elsewhere is the world at origins of the caller's choice, without sockets of its own: what the servers answer names those. It is safe for
// concurrent use.
type Elsewhere struct{ site *site }

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
	e := &Elsewhere{site: newSite(placesAt(at))}
	e.site.bank.login()
	return e
}

func placesAt(at map[string]string) places {
	p := make(places)
	for _, role := range elsewhereRoles {
		if origin, ok := at[realNames[role]]; ok {
			p[role] = origin
		}
	}
	return p
}

// Handler returns the server that a World has at origin, or nil where that is none of [Origins].
func (e *Elsewhere) Handler(origin string) http.Handler {
	for _, role := range elsewhereRoles {
		if realNames[role] == origin {
			return e.site.handler(role)
		}
	}
	return nil
}

// Portable reports whether the fault with this id is the same elsewhere: that it needs no TLS, no name and no server that is only in a
// [World].
func Portable(id string) bool { return portable()[id] }

var portable = sync.OnceValue(func() map[string]bool {
	at := make(map[string]string)
	for _, origin := range Origins() {
		at[origin] = origin
	}
	ids := make(map[string]bool)
	for _, f := range placesAt(at).faults() {
		ids[f.ID] = f.Kind != KindCookie && !f.NeedsTimeout
	}
	return ids
})

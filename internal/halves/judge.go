// Package halves says what a browser must make of the answers that a policy of package cors gives. Tests put the two
// halves of CORS to each other with it: they are two implementations of one protocol that share no decision, and what the
// one allows the other must let through, and what it refuses must be blocked for the reason that belongs to it.
//
// All functions are safe for concurrent use.
package halves

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
)

// Request is a CORS request as it comes to a server.
type Request struct {
	Method string
	// Header has Origin and, for a preflight, what it asks for.
	Header http.Header
	// Include says that it is made with credentials mode "include", or is the preflight of such a one.
	Include bool
	// Debug says that the policy answers in debug mode.
	Debug bool
}

// Verdict is what a browser must make of the answer.
type Verdict struct {
	// Blocked is empty where the answer passes, and otherwise the reasons of which the browser must give one.
	Blocked []fetch.ReasonCode
	// Refusal says in words what the policy decides.
	Refusal string
	// Preflight says that the request was one.
	Preflight bool
	// Refused says that the policy itself refuses. What it allows may still be blocked, for lack of credentials.
	Refused bool
}

// asBrowsersSee maps the reason for which cors refuses to those for which a browser
// then blocks. A refused preflight gets no CORS headers at all, so that browsers
// always miss Access-Control-Allow-Origin first; in debug mode it gets what the
// policy would have allowed, so that the console names what differs.
var asBrowsersSee = map[cors.Reason]struct{ quiet, debug []fetch.ReasonCode }{
	cors.ReasonOriginNull: {
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing, fetch.ReasonAllowOriginMismatch},
		[]fetch.ReasonCode{fetch.ReasonAllowOriginInvalid, fetch.ReasonAllowOriginMismatch},
	},
	cors.ReasonOriginNotAllowed: {
		// The mismatch is that of AlwaysSendOrigin.
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing, fetch.ReasonAllowOriginMismatch},
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMismatch, fetch.ReasonAllowOriginInvalid},
	},
	cors.ReasonMethodNotAllowed: {
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing},
		[]fetch.ReasonCode{fetch.ReasonMethodNotAllowed},
	},
	cors.ReasonMethodMalformed: { // longer than a policy can list
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing},
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing},
	},
	cors.ReasonHeaderNotAllowed: {
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing},
		// The second: "*" is listed and Authorization is not, which no list says better.
		[]fetch.ReasonCode{fetch.ReasonHeaderNotAllowed, fetch.ReasonAllowOriginMissing},
	},
	cors.ReasonHeadersTooLong: {
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing},
		[]fetch.ReasonCode{fetch.ReasonAllowOriginMissing},
	},
}

// Reasons calls yield with the words for every refusal and the reasons that browsers may give for it, quiet and in debug mode.
func Reasons(yield func(refusal string, codes []fetch.ReasonCode) bool) {
	for reason, codes := range asBrowsersSee {
		if !yield(reason.String(), slices.Concat(codes.quiet, codes.debug)) {
			return
		}
	}
}

// Judge says what a browser must make of the policy's answer. It also holds the policy's decision to the literal reading of its
// Config; the error says how they differ, or that no browser makes such a request.
func Judge(p *cors.Policy, r Request) (Verdict, error) {
	c, origin := p.Config(), r.Header.Get("Origin")
	d := p.Decide(r.Method, r.Header)
	v := Verdict{Refusal: d.Reason.String(), Preflight: d.Preflight, Refused: d.Reason.Refused()}
	asked := r.Header.Get("Access-Control-Request-Method")
	if wanted := r.Method == http.MethodOptions && asked != ""; d.Preflight != wanted {
		return v, fmt.Errorf("taken for a preflight: %t, of %s with %v", d.Preflight, r.Method, r.Header)
	}
	allowed := allowsOrigin(c, origin)
	if d.Preflight {
		v.Refusal = "preflight " + v.Refusal
		var names []string
		if list := r.Header.Get("Access-Control-Request-Headers"); list != "" {
			names = strings.Split(list, ",")
		}
		allowed = allowed && permits(c, asked, names)
	}
	if allowed == v.Refused {
		return v, fmt.Errorf("the policy's words mean allowed=%t, and cors decides %s for %s with %v", allowed, d.Reason, r.Method, r.Header)
	}
	switch {
	case v.Refused:
		codes, ok := blockedFor(c, d.Reason, r)
		if !ok {
			return v, fmt.Errorf("no browser makes a request that is refused for %s", d.Reason)
		}
		v.Blocked = codes
	// Decide cannot see these two: a request does not say in which mode it is made.
	case r.Include && c.AllowAnyOrigin:
		v.Blocked, v.Refusal = []fetch.ReasonCode{fetch.ReasonAllowOriginWildcard}, "allowed, without credentials"
	case r.Include && !c.Credentials:
		v.Blocked, v.Refusal = []fetch.ReasonCode{fetch.ReasonAllowCredentialsAbsent}, "allowed, without credentials"
	}
	return v, nil
}

func blockedFor(c cors.Config, reason cors.Reason, r Request) ([]fetch.ReasonCode, bool) {
	row, ok := asBrowsersSee[reason]
	switch {
	case !ok:
		return nil, false
	case !r.Debug:
		return row.quiet, true
	case r.Include && c.AllowAnyOrigin && reason != cors.ReasonMethodMalformed && reason != cors.ReasonHeadersTooLong:
		return append(slices.Clone(row.debug), fetch.ReasonAllowOriginWildcard), true
	case r.Include && !c.Credentials && reason != cors.ReasonOriginNull && reason != cors.ReasonOriginNotAllowed:
		return append(slices.Clone(row.debug), fetch.ReasonAllowCredentialsAbsent), true
	}
	return row.debug, true
}

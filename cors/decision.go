package cors

import (
	"iter"
	"net/http"

	"github.com/corscope/corscope/internal/httpspec"
)

// Decision is how one request fares under a policy, and what to answer. It is a
// value and shares nothing that can change. The zero Decision is of no policy:
// it adds nothing to an answer.
//
// Origin, Method and Header come from the request. They may hold anything, of any
// length, if Reason says that they are malformed; quote and cut them before
// they go into a log.
type Decision struct {
	// Reason says how the request fares, and if it is refused why.
	Reason Reason
	// Preflight is set for OPTIONS with Origin and Access-Control-Request-Method: a
	// question that the policy answers in place of the handler.
	Preflight bool
	// Policy is the name that Routes know the policy by, and otherwise empty.
	Policy string
	// Origin is the Origin header, the first if there are several, or "".
	Origin string
	// Pattern is the entry of Config.Origins that allows Origin, in canonical form;
	// "*" and "null" stand for AllowAnyOrigin and DangerouslyAllowNullOrigin. It is
	// empty if none does.
	Pattern string
	// Method is the request's method or, of a preflight, the one that is asked for.
	Method string
	// Header is the member of Access-Control-Request-Headers that was refused, as
	// written, or "".
	Header string
	// Status is that of the answer to a preflight, and 0 otherwise.
	Status int

	// policy != nil implies that there is something to send.
	policy       *Policy
	allowOrigin  string
	allowMethods string
	allowHeaders string
}

// Headers returns what the decision adds to the answer, as pairs of canonical
// name and value. Vary, if it is among them, is to be merged with what is there;
// all others replace it. [Decision.Apply] does both.
func (d *Decision) Headers() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		h := make(http.Header)
		d.Apply(h)
		for _, name := range sentHeaders {
			for _, value := range h[name] {
				if !yield(name, value) {
					return
				}
			}
		}
	}
}

// sentHeaders lists all headers that a Decision may send, in the order of
// [Decision.Headers].
var sentHeaders = [...]string{
	httpspec.AccessControlAllowOrigin,
	httpspec.AccessControlAllowCredentials,
	httpspec.AccessControlAllowMethods,
	httpspec.AccessControlAllowHeaders,
	httpspec.AccessControlMaxAge,
	httpspec.AccessControlExposeHeaders,
	httpspec.TimingAllowOrigin,
	httpspec.CrossOriginResourcePolicy,
	httpspec.Vary,
}

// Apply adds to the response headers h what the decision says. The slices that
// it puts there belong to h alone, so that what becomes of them concerns no
// other answer.
func (d *Decision) Apply(h http.Header) {
	p := d.policy
	switch {
	case p == nil:
	case !d.Preflight:
		d.applyActual(p, h)
	case d.Reason == ReasonAllowed:
		d.applyPreflight(p, h)
	case p.preflightVary:
		addVary(h, preflightVary)
	}
}

func (d *Decision) applyActual(p *Policy, h http.Header) {
	if d.allowOrigin == "" && p.resourcePolicy == "" {
		// Not CORS, or refused: the most frequent cases by far.
		addVary(h, httpspec.HeaderOrigin)
		return
	}
	v := newHeaderValues(p.actualCount)
	// First, while there is little in h to look through.
	if p.static == "" {
		// As in addVary, but with room that is there already.
		if len(h) == 0 || h[httpspec.Vary] == nil {
			v = v.set(h, httpspec.Vary, httpspec.HeaderOrigin)
		} else {
			mergeVary(h, httpspec.HeaderOrigin)
		}
	}
	if d.allowOrigin != "" {
		v = v.set(h, httpspec.AccessControlAllowOrigin, d.allowOrigin)
		if p.credentials {
			v = v.set(h, httpspec.AccessControlAllowCredentials, "true")
		}
		if p.exposeHeaders != "" {
			v = v.set(h, httpspec.AccessControlExposeHeaders, p.exposeHeaders)
		}
		if p.timing {
			v = v.set(h, httpspec.TimingAllowOrigin, d.allowOrigin)
		}
	}
	if p.resourcePolicy != "" {
		v.set(h, httpspec.CrossOriginResourcePolicy, p.resourcePolicy)
	}
}

func (d *Decision) applyPreflight(p *Policy, h http.Header) {
	v := newHeaderValues(p.preflightCount)
	if p.preflightVary {
		addVary(h, preflightVary)
	}
	v = v.set(h, httpspec.AccessControlAllowOrigin, d.allowOrigin)
	if p.credentials {
		v = v.set(h, httpspec.AccessControlAllowCredentials, "true")
	}
	if d.allowMethods != "" {
		v = v.set(h, httpspec.AccessControlAllowMethods, d.allowMethods)
	}
	if d.allowHeaders != "" {
		v = v.set(h, httpspec.AccessControlAllowHeaders, d.allowHeaders)
	}
	if p.maxAge != "" {
		v.set(h, httpspec.AccessControlMaxAge, p.maxAge)
	}
}

// headerValues is what is left of an array made for one answer. Each value gets
// a slice of its own into it, without capacity for more, so that all of them
// cost one allocation and appending to one does not change another.
type headerValues []string

// set sets one header and returns what is left for others.
func (v headerValues) set(h http.Header, name, value string) headerValues {
	v[0] = value
	h[name] = v[:1:1]
	return v[1:]
}

// newHeaderValues returns room for n values, or a little more: the compiler knows
// how to allocate these sizes.
func newHeaderValues(n int) headerValues {
	switch {
	case n <= 1:
		return new([1]string)[:]
	case n <= 2:
		return new([2]string)[:]
	case n <= 4:
		return new([4]string)[:]
	default:
		return new([maxHeaderValues]string)[:]
	}
}

// maxHeaderValues is how many headers an actual answer gets at most; a
// preflight's gets one less.
const maxHeaderValues = 6

package demo

import (
	"fmt"
	"net/http"
	"slices"
)

// Fault is one thing that goes wrong (or, for a few, right) between a page and a
// server, with the call that meets it.
type Fault struct {
	// ID is unique, in lower case with hyphens.
	ID string
	// Kind groups the faults, in the order in which a fetch can meet them.
	Kind Kind
	// Title says what the server does, in one clause.
	Title string
	Call
	// Browser is the one whose own rule this is, by the name of its profile in package fetch: Want is what happens there, and others let
	// the call pass. Empty: the rule is a standard's.
	Browser string
	// NeedsTimeout: the call ends only when the client loses patience.
	NeedsTimeout bool
	// CutsHeader: the connection ends within the answer's header. Browsers take that for a whole one over plain http, so that it is a fault
	// over TLS alone; Firefox takes it for one there too.
	CutsHeader bool
	Want       Want
}

// Kind is a group of faults.
type Kind string

// The kinds, in the order in which a fetch can meet them.
const (
	// KindBefore: a rule stops the call, and nothing is sent.
	KindBefore Kind = "before"
	// KindNetwork: there is no answer that is HTTP.
	KindNetwork Kind = "network"
	// KindPreflight: the answer to the preflight.
	KindPreflight Kind = "preflight"
	// KindRedirect: the server sends the browser elsewhere.
	KindRedirect Kind = "redirect"
	// KindCORSCheck: Access-Control-Allow-Origin and -Credentials.
	KindCORSCheck Kind = "cors check"
	// KindPolicy: rules on the answer other than CORS.
	KindPolicy Kind = "policy"
	// KindBody: the answer's header is right, and its body is not.
	KindBody Kind = "body"
	// KindCookie: what a server may set, and what it may not.
	KindCookie Kind = "cookie"
	// KindAnswer: what the page may see of an answer that it gets.
	KindAnswer Kind = "answer"
)

// Title returns what the faults of the kind are about, in a few words.
func (k Kind) Title() string {
	return map[Kind]string{
		KindBefore: "Before anything is sent", KindNetwork: "On the way to the server and back", KindPreflight: "The answer to the preflight",
		KindRedirect: "Redirects", KindCORSCheck: "Who may read the answer", KindPolicy: "Who may have it without CORS",
		KindBody: "The answer's body", KindCookie: "Cookies", KindAnswer: "What the page sees of an answer",
	}[k]
}

// Faults returns the faults, in the names of a [World]. Each call returns a new
// copy. Paths of different faults are different, and a fault's answer depends on
// nothing but the request.
func Faults() []Fault { return realNames.faults() }

// faults returns those that can be met at these places.
func (p places) faults() []Fault {
	names := p.names().Replace
	var out []Fault
	for _, row := range faultTable() {
		f := row.Fault
		leads := func(f Field) bool { return p.lacks(f.Value) }
		if p.lacks(f.URL) || p.lacks(f.Page) || slices.ContainsFunc(row.answer.header, leads) || slices.ContainsFunc(f.PageHeader, leads) {
			continue
		}
		f.Call = p.call(f.Call)
		f.Want.Reads = names(f.Want.Reads)
		out = append(out, f)
	}
	return out
}

// fault is a row of the tables: a Fault, and how its server answers.
type fault struct {
	Fault
	preflight answer // to a CORS preflight
	answer    answer // to everything else
	// choose, if set, is in the place of both: a server that looks at who asks.
	choose func(r *http.Request) answer
	// at is the address that is answered, where the call's URL is not written so.
	at string
}

// faultTable joins the tables of all kinds.
func faultTable() []fault {
	return slices.Concat(
		beforeFaults(), networkFaults(), preflightFaults(), redirectFaults(), corsCheckFaults(),
		policyFaults(), bodyFaults(), cookieFaults(), answerFaults(), askerFaults(), layerFaults(), pageFaults(),
	)
}

// answer is what a server says. Its zero value is 200 with a small JSON body and
// no header of its own.
type answer struct {
	status int     // 0: 200
	header []Field // in order; a name may come more than once; "{app}" and the like in values
	body   string  // empty: a small JSON body, where the status allows one
	// serve, if set, writes status and body, once the header is in place.
	serve func(w http.ResponseWriter, r *http.Request)
}

// route is an answer to preflights and one to all other requests.
type route struct {
	id        string
	preflight answer
	answer    answer
	choose    func(r *http.Request) answer
}

// routes returns the answers by role and path. A mistake in the tables is a
// mistake of this package, and every test meets it.
func (s *site) routes() map[string]map[string]*route {
	out := make(map[string]map[string]*route)
	add := func(address string, r *route) {
		role, path, ok := split(address)
		if !ok {
			return // nobody is there, which is the fault
		}
		if out[role] == nil {
			out[role] = make(map[string]*route)
		}
		if out[role][path] != nil {
			panic("demo: two answers at " + address)
		}
		out[role][path] = r
	}
	for _, row := range faultTable() {
		address := row.at
		if address == "" {
			address = row.URL
		}
		add(address, &route{id: row.ID, preflight: row.preflight, answer: row.answer, choose: row.choose})
		if len(row.PageHeader) > 0 {
			add(row.Page, &route{id: "the page of " + row.ID, answer: servedPage(row.Fault)})
		}
	}
	for address, a := range landings() {
		add(address, &route{id: "landing", preflight: a.preflight, answer: a.answer})
	}
	return out
}

func (rt *route) serve(s *site, w http.ResponseWriter, r *http.Request) {
	a := rt.answer
	if rt.choose != nil {
		a = rt.choose(r)
	}
	if isPreflight(r) {
		if rt.choose == nil {
			a = rt.preflight
		}
		did(r, "answered the preflight, and touched nothing")
	} else {
		did(r, "answered %s", rt.id)
	}
	a.write(s, w, r)
}

func (a answer) write(s *site, w http.ResponseWriter, r *http.Request) {
	names := s.at.names().Replace
	h := w.Header()
	for _, f := range a.header {
		h.Add(f.Name, names(f.Value))
	}
	if a.serve != nil {
		a.serve(w, r)
		return
	}
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	body := a.body
	if body == "" && status == http.StatusOK && !isPreflight(r) {
		body = fmt.Sprintf(`{"path":%q}`, r.URL.Path) + "\n"
		if h.Get("Content-Type") == "" {
			h.Set("Content-Type", "application/json")
		}
	}
	w.WriteHeader(status)
	if body != "" {
		// An error means that the client is gone.
		w.Write([]byte(body))
	}
}

// The headers that most tables need.

func allowOrigin(value string) Field      { return Field{"Access-Control-Allow-Origin", value} }
func allowCredentials(value string) Field { return Field{"Access-Control-Allow-Credentials", value} }
func allowMethods(value string) Field     { return Field{"Access-Control-Allow-Methods", value} }
func allowHeaders(value string) Field     { return Field{"Access-Control-Allow-Headers", value} }
func exposeHeaders(value string) Field    { return Field{"Access-Control-Expose-Headers", value} }
func maxAge(value string) Field           { return Field{"Access-Control-Max-Age", value} }
func contentType(value string) Field      { return Field{"Content-Type", value} }
func location(value string) Field         { return Field{"Location", value} }

// with is an answer of 200 with these headers.
func with(header ...Field) answer { return answer{header: header} }

// status is an answer with these headers and no body.
func status(code int, header ...Field) answer { return answer{status: code, header: header} }

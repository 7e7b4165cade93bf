package policycheck

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/policytext"
	"github.com/corscope/corscope/policyfile"
)

// The words of an expectation's result.
const (
	ResultAllowed = "allowed"
	ResultBlocked = "blocked"
)

// maxExpectations bounds what lists within lists come to.
const maxExpectations = 10000

// Expectation is what one page is to be able to do with one request, or not.
type Expectation struct {
	// Line is where it stands in the file, from 1.
	Line int `json:"line"`
	// Name is its name in the file, or empty.
	Name string `json:"name,omitempty"`
	// From is the page: a URL or an origin, or "null".
	From string `json:"from"`
	// Method is as fetch() is given it; Target is a path or a whole URL.
	Method string `json:"method"`
	Target string `json:"target"`
	// Credentials says that cookies go along (credentials: "include").
	Credentials bool `json:"credentials,omitempty"`
	// Headers are those that the page's JavaScript sets, sorted by name.
	Headers []fetch.Header `json:"headers,omitempty"`
	// Result is [ResultAllowed] or [ResultBlocked].
	Result string `json:"result"`
	// Reasons are those of which one must be the browser's, if there are any.
	Reasons []fetch.ReasonCode `json:"reasons,omitempty"`
	// Exposes are headers of the answer that the page must be able to read.
	Exposes []string `json:"exposes,omitempty"`
}

// String says the expectation in a line: "from https://app.example.com, DELETE /users with credentials: allowed".
func (e *Expectation) String() string {
	s := "from " + e.From + ", " + e.Method + " " + e.Target
	if e.Credentials {
		s += " with credentials"
	}
	for i, h := range e.Headers {
		switch {
		case i > 0:
			s += ", "
		case e.Credentials:
			s += " and "
		default:
			s += " with "
		}
		s += h.Name
	}
	return s + ": " + e.Result
}

// written is an expectation as it is written.
type written struct {
	Name        string            `json:"name"`
	From        policytext.Texts  `json:"from"`
	Request     policytext.Texts  `json:"request"`
	Credentials bool              `json:"credentials"`
	Headers     map[string]string `json:"headers"`
	Result      string            `json:"result"`
	Reasons     policytext.Texts  `json:"reasons"`
	Exposes     policytext.Texts  `json:"exposes"`
}

func (rd reader) expectations(root *policytext.Node, all []written, f *File) []Expectation {
	var out []Expectation
	if root.Field("expect") == nil && root.Field("policies") == nil && !rd.Bad() {
		rd.Report(root.At, policyfile.CodeMissing, "there is neither a policy nor an expectation", "begin with policies: or expect:")
	}
	for i := range all {
		n := root.Find("expect", i)
		if n.Kind != policytext.KindMap {
			continue // said already
		}
		w := &all[i]
		common := Expectation{Line: n.At.Line, Name: w.Name, Credentials: w.Credentials, Result: w.Result}
		rd.result(n, w, &common)
		rd.headers(n, w, &common)
		rd.pages(n, w)
		requests := rd.requests(n, w, f)
		for _, from := range w.From {
			for _, r := range requests {
				if len(out) == maxExpectations {
					rd.Report(n.At, policyfile.CodeTooLarge, fmt.Sprintf("with its lists, the file has more than %d expectations", maxExpectations), "")
					return nil
				}
				e := common
				e.From, e.Method, e.Target = from, r.method, r.target
				out = append(out, e)
			}
		}
	}
	return out
}

// place is where a field's value stands, or the item of its list, or the whole
// expectation if it has no such field.
func place(n *policytext.Node, name string, index int) policytext.Position {
	f := n.Field(name)
	switch {
	case f == nil:
		return n.At
	case f.Value.Kind == policytext.KindList && index >= 0 && index < len(f.Value.Items):
		return f.Value.Items[index].At
	}
	return f.Value.At
}

func (rd reader) result(n *policytext.Node, w *written, e *Expectation) {
	switch {
	case n.Field("result") == nil:
		rd.Report(n.At, policyfile.CodeMissing, "the expectation has no result", "write result: allowed, or result: blocked")
	case w.Result != ResultAllowed && w.Result != ResultBlocked && n.Field("result").Value.Kind == policytext.KindText:
		rd.Report(place(n, "result", -1), policyfile.CodeValue, "result is "+policytext.Quote(w.Result), "write allowed or blocked")
	case w.Result == ResultAllowed && n.Field("reasons") != nil:
		rd.Report(n.Field("reasons").At, policyfile.CodeValue, "what is allowed has no reasons", "leave them out, or write result: blocked")
	case w.Result == ResultBlocked && n.Field("exposes") != nil:
		rd.Report(n.Field("exposes").At, policyfile.CodeValue, "what is blocked exposes nothing", "leave it out, or write result: allowed")
	}
	known := fetch.ReasonCodes()
	for i, reason := range w.Reasons {
		if code := fetch.ReasonCode(reason); slices.Contains(known, code) {
			e.Reasons = append(e.Reasons, code)
			continue
		}
		var names []string
		for _, code := range known {
			names = append(names, string(code))
		}
		hint := "corscope explain --json names the reason of a request"
		if near := policytext.Nearest(reason, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		rd.Report(place(n, "reasons", i), policyfile.CodeValue, policytext.Quote(reason)+" is no reason", hint)
	}
	for i, name := range w.Exposes {
		if !httpspec.IsToken(name) {
			rd.Report(place(n, "exposes", i), policyfile.CodeValue, policytext.Quote(name)+" is no header name", "write one to an entry")
		}
	}
	e.Exposes = w.Exposes
}

func (rd reader) headers(n *policytext.Node, w *written, e *Expectation) {
	f := n.Field("headers")
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		value := httpspec.NormalizeHeaderValue(w.Headers[name])
		at := f.Value.Field(name).At
		switch {
		case !httpspec.IsToken(name):
			rd.Report(at, policyfile.CodeValue, policytext.Quote(name)+" is no header name", "a name is made of letters, digits and hyphens")
		case !httpspec.IsHeaderValue(value):
			rd.Report(f.Value.Field(name).Value.At, policyfile.CodeValue, "the value of "+name+" holds a line break or a zero byte", "leave it out")
		case httpspec.IsForbiddenRequestHeader(name, value):
			rd.Report(at, policyfile.CodeValue, "browsers let no page set "+name, "leave it out; cookies go along with credentials: true")
		}
		e.Headers = append(e.Headers, fetch.Header{Name: name, Value: value})
	}
}

func (rd reader) pages(n *policytext.Node, w *written) {
	if n.Field("from") == nil || len(w.From) == 0 && n.Field("from").Value.Kind == policytext.KindList {
		rd.Report(n.At, policyfile.CodeMissing, "the expectation has no page", "write from: and the page's origin, such as https://app.example.com")
	}
	for i, from := range w.From {
		if from == "null" {
			continue
		}
		u, err := fetch.ParseHTTPURL(from)
		switch {
		case err != nil:
			rd.Report(place(n, "from", i), policyfile.CodeValue, "from: "+withoutPrefix(err), "")
		case u.HasCredentials():
			rd.Report(place(n, "from", i), policyfile.CodeValue, "from: it holds a user name or password", "leave it out: no origin has one")
		}
	}
}

// request is a method and where it goes.
type request struct{ method, target string }

// requests reads "DELETE /users/7" and "/users/7". Without any it is a GET on each
// route, so that "nobody from there reads anything" is one line.
func (rd reader) requests(n *policytext.Node, w *written, f *File) []request {
	if n.Field("request") == nil {
		return everywhere(f.Config.Routes)
	}
	var out []request
	for i, text := range w.Request {
		at := place(n, "request", i)
		method, target, found := strings.Cut(strings.TrimSpace(text), " ")
		if target = strings.TrimSpace(target); !found {
			method, target = "GET", method
		}
		switch {
		case !httpspec.IsToken(method):
			rd.Report(at, policyfile.CodeValue, policytext.Quote(method)+" is no method", "write a method and a path: DELETE /users/7")
			continue
		case httpspec.IsForbiddenMethod(method):
			rd.Report(at, policyfile.CodeValue, "browsers never send "+method+" for a page", "leave it out")
			continue
		case !found && httpspec.NormalizeMethod(target) == strings.ToUpper(target) && !strings.Contains(target, "/"):
			rd.Report(at, policyfile.CodeValue, policytext.Quote(text)+" has no path", "write a method and a path: "+strings.ToUpper(target)+" /users/7")
			continue
		case strings.HasPrefix(target, "/"):
			base, err := fetch.ParseHTTPURL(DefaultURL)
			if err == nil {
				_, err = base.Parse(target)
			}
			if err != nil {
				rd.Report(at, policyfile.CodeValue, policytext.Quote(target)+" is no path: "+withoutPrefix(err), "")
				continue
			}
		default:
			u, err := fetch.ParseHTTPURL(target)
			if err != nil {
				rd.Report(at, policyfile.CodeValue, policytext.Quote(target)+" is neither a path nor a URL", "begin a path with /, and a URL with https://")
				continue
			}
			if u.HasCredentials() {
				rd.Report(at, policyfile.CodeValue, "fetch() refuses a URL with a user name or password in it", "leave it out")
				continue
			}
		}
		out = append(out, request{method, target})
	}
	if len(w.Request) == 0 && n.Field("request").Value.Kind == policytext.KindList {
		rd.Report(n.Field("request").Value.At, policyfile.CodeMissing, "the list of requests is empty", "leave it out for a GET on every route")
	}
	return out
}

// everywhere is a GET of a path that each route matches.
func everywhere(routes []cors.Route) []request {
	var out []request
	for _, r := range routes {
		host, path, found := strings.Cut(r.Path, "/")
		if !found {
			continue
		}
		segments := strings.Split(path, "/")
		for i, s := range segments {
			switch {
			case s == "{$}":
				segments[i] = ""
			case strings.HasPrefix(s, "{"):
				segments[i] = "x"
			}
		}
		target := "/" + strings.Join(segments, "/")
		if host != "" {
			target = "https://" + host + target
		}
		out = append(out, request{"GET", target})
	}
	if out == nil {
		out = []request{{"GET", "/"}}
	}
	return out
}

package policycheck

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/policytext"
	"github.com/corscope/corscope/policyfile"
)

// DefaultURL is where the server is taken to be if a file has no url and is checked
// against its own policies.
const DefaultURL = "https://server.example"

// File is a policy file. Make one with [Parse]. Its fields are for reading. It is not safe for concurrent use while
// [File.Check] runs.
type File struct {
	// URL is where the server is: what paths in requests are relative to. It is never
	// empty.
	URL string
	// Config is the policies and routes. One policy without routes has the route "/".
	Config cors.RoutesConfig
	// Expectations are in the order of the file; of a list of pages or requests in one,
	// each has its own.
	Expectations []Expectation
	// Warnings are what works, but says something twice or in vain.
	Warnings []*policyfile.Problem

	routes *cors.Routes
}

// document is the file as it is written.
type document struct {
	Schema   string                 `json:"$schema"`
	URL      string                 `json:"url"`
	Policies map[string]cors.Config `json:"policies"`
	Routes   []cors.Route           `json:"routes"`
	Expect   []written              `json:"expect"`
}

// reader reads the parts of a file that package policyfile leaves to this one.
type reader struct{ *policytext.Faults }

// Parse reads a policy file in YAML or JSON of at most a mebibyte. The error is a
// *[policyfile.Error].
func Parse(data []byte) (*File, error) {
	root, faults := policytext.Read(data)
	f := new(File)
	if root != nil {
		var doc document
		faults.Fill(root, &doc)
		f.URL = doc.URL
		f.Config = cors.RoutesConfig{Policies: doc.Policies, Routes: doc.Routes}
		faults.Policies(root, &f.Config)
		r := reader{faults}
		r.url(root, f)
		f.Expectations = r.expectations(root, doc.Expect, f)
	}
	all, bad := faults.Finish()
	for _, fault := range all {
		f.Warnings = append(f.Warnings, (*policyfile.Problem)(fault))
	}
	if bad {
		return nil, &policyfile.Error{Problems: f.Warnings}
	}
	routes, err := cors.NewRoutes(f.Config)
	if err != nil {
		// Check has just found nothing.
		return nil, fmt.Errorf("policycheck: %w", err)
	}
	f.routes = routes
	return f, nil
}

func (rd reader) url(root *policytext.Node, f *File) {
	given := root.Field("url")
	if given == nil {
		f.URL = DefaultURL
		return
	}
	u, err := fetch.ParseHTTPURL(f.URL)
	switch {
	case f.URL == "" && given.Value.Kind != policytext.KindText: // said already
	case err != nil:
		rd.Report(given.Value.At, policyfile.CodeValue, "url: "+withoutPrefix(err), "write scheme and host, as in https://api.example.com")
	case u.HasCredentials():
		rd.Report(given.Value.At, policyfile.CodeValue, "url: it holds a user name or password", "leave it out")
	default:
		f.URL = u.String()
	}
}

func withoutPrefix(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "fetch: "), "url: ")
}

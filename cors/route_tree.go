package cors

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// routeTree finds the policy for a path as http.ServeMux finds a handler for it,
// redirects included: a path that ServeMux would send elsewhere has the policy of
// where it is sent, because a browser follows with CORS.
type routeTree struct {
	// mux judges patterns, and nothing else: it knows what conflicts.
	mux     *http.ServeMux
	anyHost *routeNode
	hosts   map[string]*routeNode
}

// routeNode is a place between two segments of a path.
type routeNode struct {
	literal map[string]*routeNode
	one     *routeNode // {name}
	// rest is for all that follows, be it nothing: "/" at the end, or {name...}.
	rest *routeLeaf
	// end is for nothing that follows.
	end *routeLeaf
}

// routeLeaf is where a pattern ends. Its policy is nil for "off".
type routeLeaf struct {
	policy *Policy
	// slashes is how many the pattern has after its host, and multi whether it
	// takes all that follows the last of them.
	slashes int
	multi   bool
}

// exact reports whether the leaf's pattern, which matches path, takes nothing
// for what follows its last slash.
func (l *routeLeaf) exact(path string) bool {
	return !l.multi || strings.HasSuffix(path, "/") && strings.Count(path, "/") == l.slashes
}

// endSlash is the segment after a slash at the end. As in ServeMux it is the same
// as an escaped slash.
const endSlash = "/"

func newRouteTree() *routeTree {
	return &routeTree{mux: http.NewServeMux(), anyHost: new(routeNode), hosts: map[string]*routeNode{}}
}

// maxRoutePath bounds what a path pattern may hold.
const maxRoutePath = 1024

// add adds a pattern, or says why that cannot be.
func (t *routeTree) add(pattern string, policy *Policy) *Problem {
	host, rest, _ := strings.Cut(pattern, "/")
	problem := &Problem{Field: "routes", Value: pattern, Code: CodeBadPath}
	switch {
	case len(pattern) > maxRoutePath:
		problem.Code, problem.Hint = CodeTooLong, fmt.Sprintf("a path has at most %d bytes", maxRoutePath)
		return problem
	case strings.ContainsAny(host, " \t"):
		problem.Hint = "write it without method: a policy covers them all"
		if _, after, ok := strings.Cut(pattern, " "); ok && httpspec.IsToken(host[:strings.IndexAny(host, " \t")]) {
			problem.Meant = strings.TrimSpace(after)
		}
		return problem
	case !strings.Contains(pattern, "/"):
		problem.Hint, problem.Meant = "a path begins with /", "/"+pattern
		return problem
	}
	if clean := cleanPath("/" + rest); clean != "/"+rest {
		problem.Hint, problem.Meant = "paths are cleaned before they are compared, so that this one never matches", host+clean
		return problem
	}
	if fault := t.register(pattern); fault != "" {
		problem.Hint = fault
		if strings.Contains(fault, "conflicts with") {
			problem.Code = CodeConflict
		}
		return problem
	}
	node := t.anyHost
	if host != "" {
		if t.hosts[host] == nil {
			t.hosts[host] = new(routeNode)
		}
		node = t.hosts[host]
	}
	multi := strings.HasSuffix(rest, "...}") || rest == "" || strings.HasSuffix(rest, "/")
	node.add(rest, &routeLeaf{policy, 1 + strings.Count(rest, "/"), multi})
	return nil
}

// register has net/http judge a pattern. It panics over bad ones, and says where
// in this file they were registered, which is of no use to anybody.
func (t *routeTree) register(pattern string) (fault string) {
	defer func() {
		if r := recover(); r != nil {
			fault = registeredAt.ReplaceAllString(fmt.Sprint(r), "")
			fault = strings.Join(strings.Fields(fault), " ")
		}
	}()
	t.mux.Handle(pattern, http.NotFoundHandler())
	return ""
}

var registeredAt = regexp.MustCompile(` \(registered at [^)]*\)`)

// add adds a pattern's segments, those after its first slash.
func (n *routeNode) add(segments string, leaf *routeLeaf) {
	for {
		segment, rest, more := strings.Cut(segments, "/")
		switch {
		case segment == "{$}":
			n.child(endSlash).end = leaf
			return
		case strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "...}"), segment == "" && !more:
			n.rest = leaf
			return
		case strings.HasPrefix(segment, "{"):
			if n.one == nil {
				n.one = new(routeNode)
			}
			n = n.one
		default:
			// ServeMux registers patterns unescaped.
			if unescaped, err := url.PathUnescape(segment); err == nil {
				segment = unescaped
			}
			n = n.child(segment)
		}
		if !more {
			n.end = leaf
			return
		}
		segments = rest
	}
}

func (n *routeNode) child(segment string) *routeNode {
	if n.literal == nil {
		n.literal = map[string]*routeNode{}
	}
	if n.literal[segment] == nil {
		n.literal[segment] = new(routeNode)
	}
	return n.literal[segment]
}

// find returns the policy for a host and an escaped path, or nil.
func (t *routeTree) find(host, escaped string) *Policy {
	if escaped == "" || escaped[0] != '/' {
		return nil
	}
	if needsCleaning(escaped) {
		escaped = cleanPath(escaped)
	}
	leaf := t.match(host, escaped)
	if !strings.HasSuffix(escaped, "/") && (leaf == nil || !leaf.exact(escaped)) {
		// ServeMux sends /tree to /tree/ if that is what there is.
		if redirected := t.match(host, escaped+"/"); redirected != nil && redirected.exact(escaped+"/") {
			leaf = redirected
		}
	}
	if leaf == nil {
		return nil
	}
	return leaf.policy
}

// match returns the leaf for a clean path, or nil.
func (t *routeTree) match(host, escaped string) *routeLeaf {
	if len(t.hosts) > 0 {
		if n := t.hosts[hostOnly(host)]; n != nil {
			if leaf := n.find(escaped[1:]); leaf != nil {
				return leaf
			}
		}
	}
	return t.anyHost.find(escaped[1:])
}

func hostOnly(host string) string {
	if !strings.Contains(host, ":") {
		return host
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

// find returns the most specific leaf for the segments that are left: a literal
// goes before {name}, and that before what takes all the rest.
func (n *routeNode) find(segments string) *routeLeaf {
	segment, rest, more := strings.Cut(segments, "/")
	if segment == "" {
		segment = endSlash
	} else if strings.Contains(segment, "%") {
		if unescaped, err := url.PathUnescape(segment); err == nil {
			segment = unescaped
		}
	}
	if child := n.literal[segment]; child != nil {
		if leaf := child.next(rest, more); leaf != nil {
			return leaf
		}
	}
	if n.one != nil && segment != endSlash {
		if leaf := n.one.next(rest, more); leaf != nil {
			return leaf
		}
	}
	return n.rest
}

func (n *routeNode) next(rest string, more bool) *routeLeaf {
	if more {
		return n.find(rest)
	}
	return n.end
}

// needsCleaning reports whether path may be one that ServeMux redirects to its
// clean form.
func needsCleaning(path string) bool {
	return strings.Contains(path, "//") || strings.Contains(path, "/.")
}

// cleanPath is what ServeMux does to a path, which begins with a slash.
func cleanPath(p string) string {
	clean := path.Clean(p)
	if p[len(p)-1] == '/' && clean != "/" {
		clean += "/"
	}
	return clean
}

package cors

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/corscope/corscope/internal/spelling"
)

// RoutesConfig says which policy applies to which paths. It is plain data, as
// [Config] is. The zero RoutesConfig has no policy anywhere.
type RoutesConfig struct {
	// Policies names the policies. No name is empty or "off". Default: none.
	Policies map[string]Config `json:"policies,omitempty"`
	// Routes lists which policy applies where, in any order: the most specific path
	// wins, as in [http.ServeMux]. What none of them matches has no policy, unless
	// there is one for "/". Default: none.
	Routes []Route `json:"routes,omitempty"`
}

// Route gives a policy to a path.
type Route struct {
	// Path is a pattern of [http.ServeMux] without method: "/api/" and all below,
	// "/health" alone, "/users/{id}", "/files/{path...}", "/{$}", and with a host
	// before it "api.example.com/". No two routes have the same, and neither of
	// two that overlap may be as specific as the other.
	Path string `json:"path"`
	// Policy is a name in Policies, or "off": no policy, requests pass through.
	Policy string `json:"policy"`
}

// RouteOff is the Policy of a [Route] without one.
const RouteOff = "off"

// Routes applies named policies by path. Make one with [NewRoutes]; the zero
// Routes passes everything through until [Routes.Reconfigure].
//
// All methods are safe for concurrent use, with each other and with requests.
// Routes must not be copied.
type Routes struct {
	table    atomic.Pointer[routeTable]
	watcher  atomic.Pointer[watcher]
	changing sync.Mutex
	watching sync.Mutex
}

// routeTable is a compiled RoutesConfig. It does not change, but for the origins
// of its policies.
type routeTable struct {
	routes   []Route
	policies map[string]*Policy
	tree     *routeTree
}

// NewRoutes returns Routes as config describes them, or a *[ConfigError] with
// every mistake in the policies, by name, and then in the routes.
func NewRoutes(config RoutesConfig) (*Routes, error) {
	t := new(Routes)
	if err := t.Reconfigure(config); err != nil {
		return nil, err
	}
	return t, nil
}

// Check reports every mistake in c, warnings included: those in the policies,
// ascending by name, and then those in the routes. It returns nil if there is
// none.
func (c RoutesConfig) Check() []*Problem {
	_, problems := compileRoutes(c)
	return problems
}

func compileRoutes(config RoutesConfig) (*routeTable, []*Problem) {
	table := &routeTable{
		routes:   slices.Clone(config.Routes),
		policies: make(map[string]*Policy, len(config.Policies)),
		tree:     newRouteTree(),
	}
	var problems []*Problem
	for _, name := range slices.Sorted(maps.Keys(config.Policies)) {
		if name == "" || name == RouteOff {
			problems = append(problems, &Problem{Policy: name, Field: "policies", Index: -1, Value: name, Code: CodeUnknownName,
				Hint: "a policy's name is not empty, and off means none"})
			continue
		}
		policy, found := compile(config.Policies[name])
		for _, problem := range found {
			problem.Policy = name
		}
		problems = append(problems, found...)
		policy.name = name
		table.policies[name] = policy
	}
	for i, route := range config.Routes {
		for _, problem := range table.addRoute(route) {
			problem.Index = i
			problems = append(problems, problem)
		}
	}
	return table, problems
}

// addRoute reports both what is wrong with the path and with the policy's name. A
// host of one label is legal, and more often a path without its slash.
func (t *routeTable) addRoute(route Route) (problems []*Problem) {
	policy, ok := t.policies[route.Policy]
	if route.Policy == RouteOff {
		policy, ok = nil, true
	}
	if problem := t.tree.add(route.Path, policy); problem != nil {
		problems = append(problems, problem)
	} else if host, _, _ := strings.Cut(route.Path, "/"); host != "" && host != "localhost" && !strings.ContainsAny(host, ".:") {
		problems = append(problems, &Problem{Field: "routes", Value: route.Path, Code: CodeBadPath, Severity: SeverityWarning,
			Meant: "/" + route.Path, Hint: "without a slash before it, " + host + " is the name of a host"})
	}
	if !ok {
		problems = append(problems, &Problem{Field: "routes", Value: route.Policy, Code: CodeUnknownName,
			Meant: nearestName(route.Policy, t.policies), Hint: "the policy of a route is a name in policies, or off"})
	}
	return problems
}

// nearestName returns the name that is a slip away from s, or "".
func nearestName(s string, policies map[string]*Policy) string {
	best, distance := "", 3
	for _, name := range append(slices.Sorted(maps.Keys(policies)), RouteOff) {
		if n := spelling.Distance(s, name, 2); n < distance {
			best, distance = name, n
		}
	}
	return best
}

// Wrap returns a handler that applies to each request the policy for its path,
// as [Middleware.Wrap] does. The path is that of the request as it comes to this
// handler; wrap outside of what strips prefixes from it. It panics if t or h is nil.
func (t *Routes) Wrap(h http.Handler) http.Handler {
	mustWrap(t == nil, h)
	return &routesHandler{t, h}
}

type routesHandler struct {
	routes *Routes
	next   http.Handler
}

// ServeHTTP implements [http.Handler].
func (h *routesHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	policy := h.routes.table.Load().find(r.Host, r.URL.EscapedPath())
	if serve(policy, h.routes.watcher.Load(), w, r) {
		h.next.ServeHTTP(w, r)
	}
}

// find returns the policy for a host, with or without port, and an escaped path;
// nil if there is none.
func (t *routeTable) find(host, path string) *Policy {
	if t == nil {
		return nil
	}
	return t.tree.find(host, path)
}

// Decide says how a request to host, with or without a port, and path, escaped
// as in a URL, fares. See [Policy.Decide].
func (t *Routes) Decide(host, path, method string, header http.Header) Decision {
	return t.table.Load().find(host, path).Decide(method, header)
}

// Config returns the RoutesConfig of the moment, with the policies in normal
// form (see [Policy.Config]) and with the origins added and without those
// removed since.
func (t *Routes) Config() RoutesConfig {
	table := t.table.Load()
	if table == nil {
		return RoutesConfig{}
	}
	config := RoutesConfig{Routes: slices.Clone(table.routes)}
	if len(table.policies) > 0 {
		config.Policies = make(map[string]Config, len(table.policies))
	}
	for name, p := range table.policies {
		config.Policies[name] = p.Config()
	}
	return config
}

// Reconfigure replaces all policies and routes, from one request to the next. If
// config has mistakes it changes nothing and returns a *[ConfigError]. Observer
// and debug mode stay.
func (t *Routes) Reconfigure(config RoutesConfig) error {
	table, problems := compileRoutes(config)
	if err := configError(problems); err != nil {
		return err
	}
	t.changing.Lock()
	defer t.changing.Unlock()
	t.table.Store(table)
	return nil
}

// NoPolicyError is the error of adding an origin to a policy of [Routes] that there
// is not. It is an [ErrNoPolicy] to errors.Is.
type NoPolicyError struct {
	// Policy is the name that was given.
	Policy string
	// Meant is the name that is a slip away from it; empty where there is none.
	Meant string
}

func (e *NoPolicyError) Error() string {
	s := "cors: there is no policy " + strconv.Quote(e.Policy) + " to add an origin to"
	if e.Meant != "" {
		s += ": did you mean " + strconv.Quote(e.Meant) + "?"
	}
	return s
}

// Is reports whether target is [ErrNoPolicy].
func (e *NoPolicyError) Is(target error) bool { return target == ErrNoPolicy }

// AddOrigin adds one entry to the origins of the policy of this name; see
// [Middleware.AddOrigin]. It returns a *[NoPolicyError] if there is none.
func (t *Routes) AddOrigin(policy, entry string) (added bool, err error) {
	t.changing.Lock()
	defer t.changing.Unlock()
	p := t.named(policy)
	if p == nil {
		return false, t.noPolicy(policy)
	}
	return p.addOrigin(entry)
}

func (t *Routes) noPolicy(name string) error {
	e := &NoPolicyError{Policy: strings.Clone(name)}
	if table := t.table.Load(); table != nil {
		if meant := nearestName(name, table.policies); meant != RouteOff {
			e.Meant = meant
		}
	}
	return e
}

// RemoveOrigin removes one entry from the origins of the policy of this name; see
// [Middleware.RemoveOrigin].
func (t *Routes) RemoveOrigin(policy, entry string) (removed bool) {
	t.changing.Lock()
	defer t.changing.Unlock()
	return t.named(policy).removeOrigin(entry)
}

func (t *Routes) named(policy string) *Policy {
	table := t.table.Load()
	if table == nil {
		return nil
	}
	return table.policies[policy]
}

// Observe is [Middleware.Observe] for all policies, and for requests without.
func (t *Routes) Observe(f func(*http.Request, Decision)) {
	t.watching.Lock()
	defer t.watching.Unlock()
	t.watcher.Store(t.watcher.Load().with(f))
}

// SetDebug is [Middleware.SetDebug] for all policies.
func (t *Routes) SetDebug(on bool) {
	t.watching.Lock()
	defer t.watching.Unlock()
	t.watcher.Store(t.watcher.Load().withDebug(on))
}

package differ

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/e2e/world"
)

// Ruled is a case whose servers allow by policies of package cors, one for each origin, in place of the CORS headers of its script.
// It is safe for concurrent use; make one with [GenerateRuled].
type Ruled struct {
	Case Case
	// HTTP2 says that what goes over TLS is HTTP/2.
	HTTP2 bool

	seed   uint64
	number int
	needs  needs
	mu     sync.Mutex
	rules  map[string]*rule // by origin
}

// rule is the policy of one origin.
type rule struct {
	config cors.Config
	policy *cors.Policy
	guard  *cors.Middleware
	debug  bool
}

// needs are what a policy must allow for all calls of a case to be read.
type needs struct {
	page    string // an origin
	include bool
	methods []string
	names   []string
}

// GenerateRuled returns the case that [Generate] has for these numbers, over policies that mostly allow it.
func GenerateRuled(seed uint64, number int, scope Scope) *Ruled {
	r := &Ruled{Case: Generate(seed, number, scope).at("case"), HTTP2: number%2 == 1, seed: seed, number: number, rules: map[string]*rule{}}
	r.needs = r.Case.needs()
	for _, node := range r.Case.Script {
		for i := range node.Answers {
			node.Answers[i].Fields = slices.DeleteFunc(node.Answers[i].Fields, func(f world.Field) bool {
				return strings.HasPrefix(strings.ToLower(f[0]), "access-control-")
			})
		}
		node.Preflights = nil
	}
	return r
}

func (c Case) needs() needs {
	n := needs{page: originOf(c.Page)}
	if c.Frame != nil {
		if n.page = originOf(c.Frame.URL); c.Frame.Sandbox {
			n.page = "null"
		}
	}
	for _, call := range c.Calls {
		n.include = n.include || call.Credentials == "include"
		n.methods = append(n.methods, normalMethod(call.Method))
		for _, h := range call.Headers {
			n.names = append(n.names, h[0])
		}
		if call.Body != nil {
			n.names = append(n.names, "Content-Type")
		}
	}
	return n
}

// rule is the same for an origin whenever it is asked for.
func (r *Ruled) rule(origin string) *rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.rules[origin]; known != nil {
		return known
	}
	name := fnv.New64a()
	name.Write([]byte(origin))
	g := &generator{Rand: rand.New(rand.NewPCG(r.seed^name.Sum64(), uint64(r.number)))}
	made := &rule{config: g.policy(r.needs), debug: g.chance(30)}
	var err error
	if made.policy, err = cors.Compile(made.config); err != nil {
		panic(err) // policy repairs what does not compile
	}
	if made.guard, err = cors.New(made.config); err != nil {
		panic(err)
	}
	made.guard.SetDebug(made.debug)
	r.rules[origin] = made
	return made
}

// policy is one that compiles, and mostly allows what is needed.
func (g *generator) policy(n needs) cors.Config {
	c := cors.Config{
		Credentials: n.include != g.chance(12), MaxAgeSeconds: pick(g, 0, 0, -1, 1, 600), PreflightStatus: pick(g, 0, 0, 200, 299),
		PreflightVary: g.chance(20), TimingAllowOrigin: g.chance(10), RejectRefusedRequests: g.chance(25),
		DangerouslyAllowNullOrigin: g.chance(45), ExposedHeaders: g.some([]string{"X-Shown", "x-other", "ETag", "Date", "*"}, 40),
		Methods: g.some(n.methods, 92), RequestHeaders: g.some(n.names, 92),
	}
	if g.chance(10) {
		c.CrossOriginResourcePolicy = pick(g, "same-origin", "same-site", "cross-origin")
	}
	if g.chance(12) {
		c.Methods = append(c.Methods, "*")
	}
	if g.chance(12) {
		c.RequestHeaders = append(c.RequestHeaders, "*")
	}
	wanted := n.page
	if wanted == "null" {
		wanted = "https://app.test"
	}
	switch g.IntN(20) {
	case 0, 1:
		c.AllowAnyOrigin, c.Credentials = true, false
	case 2:
		c.Origins, c.AlwaysSendOrigin, c.DangerouslyAllowNullOrigin = []string{pick(g, wanted, wanted, "https://else.test")}, true, false
	case 3, 4, 5:
		c.Origins = []string{pick(g, "https://else.test", "https://*.app.test", "{http,https}://app.test:8101", "https://app.test:8443", "http://app.tes")}
	default:
		c.Origins = []string{pick(g, wanted, wanted, wanted, "{http,https}://app.test", "https://app.test:{443,8443}", "http://app.test:*", "{http,https}://*.test"), "https://else.test"}
	}
	repair(&c)
	return c
}

// repair takes out the methods and names that no policy can have, and says of what is dangerous that it is meant.
func repair(c *cors.Config) {
	lists := map[string]*[]string{"methods": &c.Methods, "requestHeaders": &c.RequestHeaders, "exposedHeaders": &c.ExposedHeaders}
	for again := true; again; {
		again = false
		for _, p := range slices.Backward(c.Check()) { // so that the places before it stay right
			switch list := lists[p.Field]; {
			case p.Code == cors.CodeInsecureOrigin:
				c.DangerouslyAllowInsecureOrigins, again = true, true
			case p.Code == cors.CodePublicSuffix:
				c.DangerouslyAllowPublicSuffixes, again = true, true
			case list != nil && p.Severity == cors.SeverityError:
				*list, again = slices.Delete(*list, p.Index, p.Index+1), true
			}
		}
	}
}

// some keeps each member n times in a hundred.
func (g *generator) some(members []string, n int) []string {
	var kept []string
	for _, m := range members {
		if g.chance(n) {
			kept = append(kept, m)
		}
	}
	return kept
}

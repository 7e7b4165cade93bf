package demo

import (
	"net/url"
	"slices"
	"strings"
)

// A role is a server of the world, whatever its address is today. In the tables
// of this package "{api}" stands for the origin of the server in the role "api".
const (
	roleApp    = "app"    // the page of the story, and its own small API
	roleAPI    = "api"    // another origin of the same site
	roleBank   = "bank"   // another site, with logged-in users
	roleEvil   = "evil"   // a page that means harm
	roleFaults = "faults" // one wrong answer per path, see Faults
	roleOther  = "other"  // where redirects lead
	roleWire   = "wire"   // answers that are not HTTP, over HTTP/1.1 only

	// Below here no server answers as it should, so that there is nothing to find
	// by path.
	roleInsecure         = "insecure"          // http only
	roleWrongName        = "wrong-name"        // a certificate for another name
	roleExpired          = "expired"           // a certificate of last week
	roleUnknownAuthority = "unknown-authority" // a certificate that nobody vouches for
	rolePlainTLS         = "plain-on-tls-port" // speaks http where https is expected
	roleSilent           = "silent"            // accepts, and never says a word
	roleRefused          = "refused"           // nobody listens
	roleUnreachable      = "unreachable"       // an address without a way to it
	roleNowhere          = "nowhere"           // a name without an address
)

// answering are the roles that have handlers.
var answering = []string{roleApp, roleAPI, roleBank, roleEvil, roleFaults, roleOther, roleWire, roleInsecure}

// places says at which origin each role is found.
type places map[string]string

// InsecureOrigin is that of the one server in a [World] that is on plain http. It can be put elsewhere, like those of [Origins].
const InsecureOrigin = "http://insecure.example"

// realNames are the addresses in a World. The top-level domain .example is
// reserved, so that a request that escapes the world reaches nobody.
var realNames = places{
	roleApp:    "https://app.example.com",
	roleAPI:    "https://api.example.com",
	roleBank:   "https://bank.example",
	roleEvil:   "https://evil.example",
	roleFaults: "https://faults.example",
	roleOther:  "https://other.example",
	roleWire:   "https://wire.example",

	roleInsecure:         InsecureOrigin,
	roleWrongName:        "https://wrong-name.example",
	roleExpired:          "https://expired.example",
	roleUnknownAuthority: "https://unknown-authority.example",
	rolePlainTLS:         "https://plain.example",
	roleSilent:           "https://silent.example",
	roleRefused:          "https://refused.example",
	roleUnreachable:      "https://unreachable.example",
	roleNowhere:          "https://nowhere.invalid",
}

// host returns the host name of a role, without a port.
func (p places) host(role string) string {
	u, err := url.Parse(p[role])
	if err != nil {
		panic("demo: the address of " + role + ": " + err.Error())
	}
	return u.Hostname()
}

// names returns a replacer of "{role}" by the role's origin, of "{role.host}" by
// its host with the port, if any, and of "{role.name}" by its host name alone.
func (p places) names() *strings.Replacer {
	var pairs []string
	for role, origin := range p {
		_, host, _ := strings.Cut(origin, "://")
		name := p.host(role)
		if strings.Contains(name, ":") {
			name = "[" + name + "]"
		}
		pairs = append(pairs, "{"+role+"}", origin, "{"+role+".host}", host, "{"+role+".name}", name)
	}
	return strings.NewReplacer(pairs...)
}

// lacks reports whether s names a role that has no address here.
func (p places) lacks(s string) bool {
	for role := range realNames {
		if _, ok := p[role]; !ok && (strings.Contains(s, "{"+role+"}") || strings.Contains(s, "{"+role+".")) {
			return true
		}
	}
	return false
}

// split returns role and path of an address in a table: "{api}/news" gives "api"
// and "/news".
func split(address string) (role, path string, ok bool) {
	rest, ok := strings.CutPrefix(address, "{")
	if !ok {
		return "", "", false
	}
	role, path, ok = strings.Cut(rest, "}")
	return role, path, ok && slices.Contains(answering, role) && strings.HasPrefix(path, "/")
}

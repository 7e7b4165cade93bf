package cli

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/term"
)

// maxCurlBody is how many bytes of a body are worth repeating in a command.
const maxCurlBody = 200

// curlCommand returns the request as a command line for a POSIX shell, safe to print.
// Secrets that are masked in the trace are masked here too. body is the request's, as
// far as it is known.
// network are further words, as curlNetwork has them.
func curlCommand(t *fetch.Trace, body []byte, network string) string {
	words := []string{"curl", "-i"}
	q := t.Request
	hasBody := q.BodySize != 0
	switch {
	case q.Method == "HEAD":
		words[1] = "-I"
	case q.Method == "GET" && !hasBody, q.Method == "POST" && hasBody:
	default:
		words = append(words, "-X", shellWord(q.Method))
	}
	if network != "" {
		words = append(words, network)
	}
	words = append(words, shellWord(q.URL))
	for _, h := range q.Headers {
		if h.Value == "" {
			// "Name:" would make curl leave the header out.
			words = append(words, "-H", shellWord(h.Name+";"))
			continue
		}
		words = append(words, "-H", shellWord(h.Name+": "+h.Value))
	}
	for _, x := range t.Exchanges {
		if cookie, ok := x.RequestHeaders.Get("Cookie"); ok {
			words = append(words, "-b", shellWord(cookie))
			break
		}
	}
	if hasBody {
		words = append(words, "--data-binary", bodyWord(body, q.BodySize))
	}
	return strings.Join(words, " ")
}

// curlNetwork is what curl has to be told of the network to reach what explain reached: the flags --resolve and --cacert, as far
// as they are about target. Rules that are none were refused before.
func curlNetwork(target string, rules []string, caFile string) string {
	var words []string
	u, err := fetch.ParseHTTPURL(target)
	if err != nil {
		return ""
	}
	port, _ := u.EffectivePort() // every http URL has one
	for _, text := range rules {
		rule, err := fetch.ParseResolveRule(text)
		if err != nil || rule.Host != "*" && rule.Host != u.Host() || rule.Port != 0 && rule.Port != port {
			continue
		}
		words = append(words, curlResolve(u.Host(), port, rule)...)
		break
	}
	if caFile != "" && u.Scheme() == "https" {
		words = append(words, "--cacert", shellWord(caFile))
	}
	return strings.Join(words, " ")
}

// curlResolve is a rule in curl's words: its --resolve knows no other port than the URL's, and --connect-to no second address.
func curlResolve(host string, port uint16, rule fetch.ResolveRule) []string {
	here := host + ":" + strconv.Itoa(int(port)) + ":"
	var addrs []string
	for _, a := range rule.Addrs {
		if a.Port() != 0 && a.Port() != port {
			return []string{"--connect-to", shellWord(here + netip.AddrPortFrom(a.Addr(), a.Port()).String())}
		}
		addrs = append(addrs, a.Addr().String())
	}
	return []string{"--resolve", shellWord(here + strings.Join(addrs, ","))}
}

// bodyWord leaves a long body to the reader, and one that a shell would change.
func bodyWord(body []byte, size int64) string {
	if text := string(body); int64(len(body)) == size && len(body) <= maxCurlBody && term.Escape(text) == text && !strings.HasPrefix(text, "@") {
		return shellWord(text)
	}
	return "@BODY"
}

// shellWord quotes s for a shell where that is needed. Control characters are shown
// as escapes, so that such a word is for reading and not for running.
func shellWord(s string) string {
	s = term.Escape(s)
	if s != "" && strings.IndexFunc(s, needsQuotes) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func needsQuotes(r rune) bool {
	return !(r < 0x80 && (httpspec.IsTokenByte(byte(r)) || strings.ContainsRune("/:@,=", r))) || strings.ContainsRune("!#$&'*^`|~", r)
}

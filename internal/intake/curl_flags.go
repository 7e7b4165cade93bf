package intake

import "strings"

// effect is what a flag of cURL does to the request.
type effect int

const (
	// noEffect: nothing that a page's request would notice.
	noEffect effect = iota
	setMethod
	addHeader
	addData
	addRawData
	addJSON
	addURLEncoded
	addForm
	addFormString
	setCookie
	setUser
	setBearer
	setAgent
	setReferer
	setInsecure
	setGet
	setHead
	setURL
	setResolve
	uploadFile
	// warned: it would change the answer, and a page has nothing of the kind.
	warned
	nextRequest
)

// flagRow is one flag of cURL: its letter, its name, whether it takes a value, and its effect.
type flagRow struct {
	letter byte
	name   string
	value  bool
	effect effect
}

// curlFlags are those that copies and people use. https://curl.se/docs/manpage.html, checked 2026-11-22
var curlFlags = []flagRow{
	{'X', "request", true, setMethod}, {'H', "header", true, addHeader},
	{'d', "data", true, addData}, {0, "data-ascii", true, addData}, {0, "data-binary", true, addData},
	{0, "data-raw", true, addRawData}, {0, "data-urlencode", true, addURLEncoded}, {0, "json", true, addJSON},
	{'F', "form", true, addForm}, {0, "form-string", true, addFormString}, {'T', "upload-file", true, uploadFile},
	{'b', "cookie", true, setCookie}, {'u', "user", true, setUser}, {0, "oauth2-bearer", true, setBearer},
	{'A', "user-agent", true, setAgent}, {'e', "referer", true, setReferer}, {'k', "insecure", false, setInsecure},
	{'G', "get", false, setGet}, {'I', "head", false, setHead}, {0, "url", true, setURL}, {0, "resolve", true, setResolve},
	{':', "next", false, nextRequest},

	{'L', "location", false, noEffect}, {0, "location-trusted", false, noEffect}, {0, "compressed", false, noEffect},
	{'s', "silent", false, noEffect}, {'S', "show-error", false, noEffect}, {'v', "verbose", false, noEffect}, {'i', "include", false, noEffect},
	{0, "show-headers", false, noEffect}, {'f', "fail", false, noEffect}, {0, "fail-with-body", false, noEffect}, {'#', "progress-bar", false, noEffect},
	{'N', "no-buffer", false, noEffect}, {'g', "globoff", false, noEffect}, {'O', "remote-name", false, noEffect}, {'J', "remote-header-name", false, noEffect},
	{'o', "output", true, noEffect}, {'w', "write-out", true, noEffect}, {'D', "dump-header", true, noEffect}, {'c', "cookie-jar", true, noEffect},
	{'m', "max-time", true, noEffect}, {0, "connect-timeout", true, noEffect}, {0, "retry", true, noEffect}, {0, "max-redirs", true, noEffect},
	{0, "http1.0", false, noEffect}, {0, "http1.1", false, noEffect}, {0, "http2", false, noEffect}, {0, "http2-prior-knowledge", false, noEffect},
	{0, "http3", false, noEffect}, {0, "http3-only", false, noEffect}, {'0', "", false, noEffect}, {'4', "ipv4", false, noEffect}, {'6', "ipv6", false, noEffect},
	{0, "tlsv1.2", false, noEffect}, {0, "tlsv1.3", false, noEffect}, {0, "path-as-is", false, noEffect}, {'q', "disable", false, noEffect},
	{0, "trace", true, noEffect}, {0, "trace-ascii", true, noEffect}, {0, "stderr", true, noEffect}, {'Z', "parallel", false, noEffect},
	{0, "no-progress-meter", false, noEffect}, {0, "post301", false, noEffect}, {0, "post302", false, noEffect}, {0, "post303", false, noEffect},

	{'x', "proxy", true, warned}, {0, "socks5", true, warned}, {0, "socks5-hostname", true, warned}, {'U', "proxy-user", true, warned},
	{0, "cacert", true, warned}, {0, "capath", true, warned}, {'E', "cert", true, warned}, {0, "key", true, warned}, {0, "connect-to", true, warned},
	{'r', "range", true, warned}, {'z', "time-cond", true, warned}, {'K', "config", true, warned}, {0, "unix-socket", true, warned}, {0, "interface", true, warned},
	{0, "digest", false, warned}, {0, "ntlm", false, warned}, {0, "negotiate", false, warned}, {0, "anyauth", false, warned}, {0, "basic", false, noEffect},
	{0, "aws-sigv4", true, warned}, {0, "doh-url", true, warned}, {'n', "netrc", false, warned}, {0, "request-target", true, warned},
}

func longFlag(name string) (flagRow, bool) {
	for _, f := range curlFlags {
		if f.name == name && name != "" {
			return f, true
		}
	}
	return flagRow{}, false
}

func shortFlag(letter byte) (flagRow, bool) {
	for _, f := range curlFlags {
		if f.letter == letter && letter != 0 {
			return f, true
		}
	}
	return flagRow{}, false
}

// given is one flag as it stands in a command.
type given struct {
	flagRow
	text string // as it was written
	arg  string
}

// parseFlags reads cURL's arguments. A word without a dash is a URL. Flags that are not known come back apart: whether they take a
// value is not known either.
func parseFlags(args []string) (flags []given, unknown []string, err error) {
	missing := func(flag string) error {
		return &Error{Code: ErrSyntax, Kind: KindCURL, Value: flag, Message: "the flag " + quote(flag) + " has no value", Hint: "is the command complete?"}
	}
	for i := 0; i < len(args); i++ {
		word := args[i]
		switch {
		case word == "--" || word == "-":
		case strings.HasPrefix(word, "--"):
			f, known := longFlag(strings.TrimPrefix(word, "--"))
			if !known {
				if _, negative := longFlag(strings.TrimPrefix(word, "--no-")); !negative {
					unknown = append(unknown, word)
				}
				continue
			}
			g := given{flagRow: f, text: word}
			if f.value {
				if i++; i == len(args) {
					return nil, nil, missing(word)
				}
				g.arg = args[i]
			}
			flags = append(flags, g)
		case strings.HasPrefix(word, "-"):
			for j := 1; j < len(word); j++ {
				f, known := shortFlag(word[j])
				if !known {
					unknown = append(unknown, "-"+word[j:])
					break
				}
				g := given{flagRow: f, text: "-" + word[j:j+1]}
				if !f.value {
					flags = append(flags, g)
					continue
				}
				if g.arg = word[j+1:]; g.arg == "" {
					if i++; i == len(args) {
						return nil, nil, missing(g.text)
					}
					g.arg = args[i]
				}
				flags = append(flags, g)
				break
			}
		default:
			flags = append(flags, given{flagRow: flagRow{name: "url", value: true, effect: setURL}, text: word, arg: word})
		}
	}
	return flags, unknown, nil
}

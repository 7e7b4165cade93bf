package jsrun

import (
	"errors"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// urlRecord is a URL as the class URL shows it.
type urlRecord struct {
	Href     string `json:"href"`
	Origin   string `json:"origin"`
	Protocol string `json:"protocol"`
	Username string `json:"username"`
	Password string `json:"password"`
	Host     string `json:"host"`
	Hostname string `json:"hostname"`
	Port     string `json:"port"`
	Pathname string `json:"pathname"`
	Search   string `json:"search"`
	Hash     string `json:"hash"`
}

func recordOf(u *fetch.URL) urlRecord {
	r := urlRecord{
		Href: u.String(), Origin: u.Origin().String(), Protocol: u.Scheme() + ":", Username: u.Username(), Password: u.Password(),
		Host: u.HostPort(), Hostname: u.Host(), Pathname: u.Path(),
	}
	if _, ok := u.Port(); ok {
		r.Port = strings.TrimPrefix(u.HostPort(), u.Host()+":")
	}
	if q, _ := u.Query(); q != "" {
		r.Search = "?" + q
	}
	if f, _ := u.Fragment(); f != "" {
		r.Hash = "#" + f
	}
	return r
}

// opURLParse takes the text and a base or null; the answer is null for a text that is no URL.
//
// https://url.spec.whatwg.org/#api-url-parser
func opURLParse(r *run, a arguments) (any, error) {
	u := r.parseURL(a)
	if u == nil {
		return nil, nil
	}
	return encodeRecord(recordOf(u))
}

// opURLHref is opURLParse for who needs the serialised URL alone.
func opURLHref(r *run, a arguments) (any, error) {
	u := r.parseURL(a)
	if u == nil {
		return nil, nil
	}
	return u.String(), nil
}

// opURLFault takes a text that is no URL, and answers with the reason where that is not its own but a bound of ours; null for all others.
func opURLFault(_ *run, a arguments) (any, error) {
	_, err := fetch.ParseURL(a.str(0))
	var fault *fetch.URLError
	if errors.As(err, &fault) && fault.Code == fetch.URLTooLong {
		return strings.TrimPrefix(fault.Error(), "fetch: "), nil
	}
	return nil, nil
}

func (r *run) parseURL(a arguments) *fetch.URL {
	parse := fetch.ParseURL
	if len(a) > 1 && a[1] != nil {
		base, err := fetch.ParseURL(a.str(1))
		if err != nil {
			return nil
		}
		parse = base.Parse
	}
	u, err := parse(a.str(0))
	if err != nil {
		return nil
	}
	return u
}

// opURLSet takes a URL, the name of a member and its new value. A value that does not fit leaves the URL as it is.
//
// https://url.spec.whatwg.org/#url-class
func opURLSet(_ *run, a arguments) (any, error) {
	u, err := fetch.ParseURL(a.str(0))
	if err != nil {
		return nil, nil
	}
	return encodeRecord(recordOf(withMember(u, a.str(1), a.str(2))))
}

// withMember writes the URL with the new member and parses it: for URLs whose members were parsed already, that comes to the same
// as the standard's state overrides.
func withMember(u *fetch.URL, name, value string) *fetch.URL {
	if name != "username" && name != "password" {
		value = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(value)
	}
	m := membersOf(u)
	special := isSpecial(u.Scheme())
	switch name {
	case "protocol":
		scheme, _, _ := strings.Cut(value, ":")
		return withScheme(u, m, strings.ToLower(scheme))
	case "username", "password":
		if u.Host() == "" || u.Scheme() == "file" {
			return u
		}
		if name == "username" {
			m.username = encodeUserinfo(value)
		} else {
			m.password = encodeUserinfo(value)
		}
	case "host", "hostname":
		if u.HasOpaquePath() {
			return u
		}
		value = hostPart(value, special)
		if value == "" && special {
			return u
		}
		host, port, hasPort := splitPort(value)
		if hasPort && name == "hostname" {
			return u
		}
		m.hasHost, m.host = true, host
		if hasPort && digits(port) != "" {
			m.port = digits(port)
		}
	case "port":
		if u.Host() == "" || u.Scheme() == "file" {
			return u
		}
		if value != "" && digits(value) == "" {
			return u
		}
		m.port = digits(value)
	case "pathname":
		if u.HasOpaquePath() {
			return u
		}
		if !strings.HasPrefix(value, "/") && !(special && strings.HasPrefix(value, `\`)) {
			value = "/" + value
		}
		m.path = strings.NewReplacer("?", "%3F", "#", "%23").Replace(encodeControls(value))
	case "search":
		value = strings.TrimPrefix(value, "?")
		m.query, m.hasQuery = strings.ReplaceAll(encodeControls(value), "#", "%23"), value != ""
	case "hash":
		value = strings.TrimPrefix(value, "#")
		m.fragment, m.hasFragment = encodeControls(value), value != ""
	}
	v, err := fetch.ParseURL(m.String())
	if err != nil {
		return u
	}
	return v
}

// withScheme changes a special scheme to another, and one that is not to another that is not.
//
// https://url.spec.whatwg.org/#scheme-state
func withScheme(u *fetch.URL, m members, scheme string) *fetch.URL {
	if v := u.WithScheme(scheme); v != u || isSpecial(u.Scheme()) || isSpecial(scheme) {
		return v
	}
	m.scheme = scheme
	v, err := fetch.ParseURL(m.String())
	if err != nil || v.Scheme() != scheme {
		return u
	}
	return v
}

// https://url.spec.whatwg.org/#special-scheme
func isSpecial(scheme string) bool {
	switch scheme {
	case "http", "https", "ws", "wss", "ftp", "file":
		return true
	}
	return false
}

// members is a URL in pieces.
type members struct {
	scheme, username, password, host, port, path, query, fragment string
	hasHost, hasQuery, hasFragment                                bool
}

func membersOf(u *fetch.URL) members {
	m := members{scheme: u.Scheme(), username: u.Username(), password: u.Password(), host: u.Host(), path: u.Path(),
		port: recordOf(u).Port, hasHost: strings.HasPrefix(u.String()[len(u.Scheme()):], "://")}
	m.query, m.hasQuery = u.Query()
	m.fragment, m.hasFragment = u.Fragment()
	return m
}

func (m members) String() string {
	var b strings.Builder
	b.WriteString(m.scheme + ":")
	if m.hasHost {
		b.WriteString("//" + m.username)
		if m.password != "" {
			b.WriteString(":" + m.password)
		}
		if m.username != "" || m.password != "" {
			b.WriteString("@")
		}
		b.WriteString(m.host)
		if m.port != "" {
			b.WriteString(":" + m.port)
		}
	} else if strings.HasPrefix(m.path, "//") {
		b.WriteString("/.")
	}
	b.WriteString(m.path)
	if m.hasQuery {
		b.WriteString("?" + m.query)
	}
	if m.hasFragment {
		b.WriteString("#" + m.fragment)
	}
	return b.String()
}

// hostPart is what the host parser would be given: up to the path, query or fragment.
func hostPart(value string, special bool) string {
	ends := "/?#"
	if special {
		ends += `\`
	}
	if i := strings.IndexAny(value, ends); i >= 0 {
		value = value[:i]
	}
	return value
}

func splitPort(value string) (host, port string, ok bool) {
	if i := strings.LastIndexByte(value, ':'); i >= 0 && i > strings.LastIndexByte(value, ']') {
		return value[:i], value[i+1:], true
	}
	return value, "", false
}

func digits(s string) string {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return s[:i]
		}
	}
	return s
}

// encodeControls percent-encodes control characters and spaces, which parsing the whole URL would trim at its end.
func encodeControls(s string) string {
	return percentEncode(s, func(c byte) bool { return c <= ' ' })
}

// encodeUserinfo percent-encodes what the userinfo percent-encode set names.
//
// https://url.spec.whatwg.org/#userinfo-percent-encode-set
func encodeUserinfo(s string) string {
	return percentEncode(s, func(c byte) bool {
		return c <= ' ' || c >= 0x7f || strings.IndexByte("\"#<>?^`{}/:;=@[\\]|", c) >= 0
	})
}

func percentEncode(s string, encoded func(byte) bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; encoded(c) {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

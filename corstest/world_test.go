package corstest_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/origin"
)

// The pieces that origins are drawn from: few, so that those of a policy and those
// of pages are often neighbours.
var (
	schemes = []string{"https", "http", "https", "chrome-extension"}
	labels  = []string{"a", "www", "x-1", "evil", "xn--bcher-kva"}
	domains = []string{"example.com", "app.example.com", "example.co.uk", "localhost", "github.io"}
	ports   = []string{"", "", ":8080", ":8443"}
)

// drawPattern draws an entry of Config.Origins.
func drawPattern(t *rapid.T) string {
	scheme := rapid.SampledFrom([]string{"https", "http", "chrome-extension", "{http,https}"}).Draw(t, "scheme")
	host := rapid.SampledFrom(domains).Draw(t, "domain")
	switch rapid.IntRange(0, 3).Draw(t, "kind of host") {
	case 0:
		host = "*." + host
	case 1:
		host = rapid.SampledFrom(labels).Draw(t, "label") + "." + host
	}
	return scheme + "://" + host + rapid.SampledFrom([]string{"", "", ":8080", ":{8080,8443}", ":*"}).Draw(t, "port")
}

// drawOrigin draws the origin of a page: one that an entry allows, or a neighbour of
// one.
func drawOrigin(t *rapid.T, entries []string) string {
	if rapid.IntRange(0, 9).Draw(t, "nobody") == 0 {
		return "null"
	}
	var scheme, host, port string
	if len(entries) > 0 && rapid.IntRange(0, 4).Draw(t, "near") > 0 {
		scheme, host, port = drawMember(t, rapid.SampledFrom(entries).Draw(t, "entry"))
	} else {
		scheme, host, port = rapid.SampledFrom(schemes).Draw(t, "scheme"), rapid.SampledFrom(domains).Draw(t, "domain"), rapid.SampledFrom(ports).Draw(t, "port")
	}
	switch rapid.IntRange(0, 9).Draw(t, "change") {
	case 0:
		scheme = rapid.SampledFrom(schemes).Draw(t, "other scheme")
	case 1:
		port = rapid.SampledFrom(ports).Draw(t, "other port")
	case 2:
		host = rapid.SampledFrom(labels).Draw(t, "one more label") + "." + host
	case 3:
		_, host, _ = strings.Cut(host+".example", ".")
	case 4:
		host = "evil" + host
	case 5:
		host += ".evil.example"
	}
	return scheme + "://" + host + port
}

// drawMember draws an origin that the entry matches.
func drawMember(t *rapid.T, entry string) (scheme, host, port string) {
	scheme, rest, _ := strings.Cut(entry, "://")
	if scheme == "{http,https}" {
		scheme = rapid.SampledFrom([]string{"http", "https"}).Draw(t, "listed scheme")
	}
	host, port, _ = strings.Cut(rest, ":")
	if base, ok := strings.CutPrefix(host, "*."); ok {
		host = strings.Join(rapid.SliceOfN(rapid.SampledFrom(labels), 1, 3).Draw(t, "labels"), ".") + "." + base
	}
	switch port {
	case "":
	case "*":
		port = rapid.SampledFrom(ports).Draw(t, "any port")
	case "{8080,8443}":
		port = rapid.SampledFrom([]string{":8080", ":8443"}).Draw(t, "listed port")
	default:
		port = ":" + port
	}
	return scheme, host, port
}

var (
	listedMethods  = []string{"PUT", "DELETE", "PATCH", "QUERY", "GET", "put", "*"}
	askedMethods   = []string{"", "GET", "HEAD", "POST", "post", "PUT", "put", "DELETE", "PATCH", "patch", "QUERY", "OPTIONS", strings.Repeat("M", 200)}
	listedHeaders  = []string{"Authorization", "Content-Type", "X-A", "x-b", "Range", "Accept", "*"}
	exposedHeaders = []string{"X-Total", "x-secret", "ETag", "Cache-Control", "*"}
	answerHeaders  = []fetch.Header{
		{Name: "X-Total", Value: "7"}, {Name: "X-Secret", Value: "s"}, {Name: "Etag", Value: `"1"`}, {Name: "Cache-Control", Value: "max-age=9"},
		{Name: "Content-Language", Value: "en"}, {Name: "Set-Cookie", Value: "a=1"}, {Name: "Vary", Value: "Accept"},
		{Name: "*", Value: "a header of that very name"},
	}
	askedHeaders = []fetch.Header{
		{Name: "Authorization", Value: "Bearer t"}, {Name: "Content-Type", Value: "application/json"},
		{Name: "Content-Type", Value: "text/plain"}, {Name: "X-A", Value: "1"}, {Name: "X-B", Value: ""}, {Name: "x-unlisted", Value: "1"},
		{Name: "Range", Value: "bytes=0-9"}, {Name: "Range", Value: "bytes=-9"}, {Name: "Accept", Value: "text/html"},
		{Name: "Accept", Value: strings.Repeat("a", 200)}, {Name: "Accept", Value: `"`}, {Name: "Cookie", Value: "dropped=1"},
	}
)

// drawConfig draws a policy that compiles.
func drawConfig(t *rapid.T) cors.Config {
	c := cors.Config{
		Credentials:                rapid.Bool().Draw(t, "Credentials"),
		Methods:                    rapid.SliceOfN(rapid.SampledFrom(listedMethods), 0, 4).Draw(t, "Methods"),
		RequestHeaders:             rapid.SliceOfN(rapid.SampledFrom(listedHeaders), 0, 4).Draw(t, "RequestHeaders"),
		ExposedHeaders:             rapid.SliceOfN(rapid.SampledFrom(exposedHeaders), 0, 4).Draw(t, "ExposedHeaders"),
		MaxAgeSeconds:              rapid.SampledFrom([]int{0, -1, 1, 600, 86400}).Draw(t, "MaxAgeSeconds"),
		PreflightStatus:            rapid.SampledFrom([]int{0, 200, 204, 299}).Draw(t, "PreflightStatus"),
		PreflightVary:              rapid.Bool().Draw(t, "PreflightVary"),
		TimingAllowOrigin:          rapid.Bool().Draw(t, "TimingAllowOrigin"),
		CrossOriginResourcePolicy:  rapid.SampledFrom([]string{"", "same-origin", "cross-origin"}).Draw(t, "CrossOriginResourcePolicy"),
		RejectRefusedRequests:      rapid.Bool().Draw(t, "RejectRefusedRequests"),
		DangerouslyAllowNullOrigin: rapid.IntRange(0, 3).Draw(t, "null") == 0,
	}
	switch kind := rapid.IntRange(0, 7).Draw(t, "kind of policy"); {
	case kind == 0:
		c.AllowAnyOrigin, c.Credentials = true, false
	case kind == 1:
		c.AlwaysSendOrigin, c.DangerouslyAllowNullOrigin = true, false
		c.Origins = []string{"https://" + rapid.SampledFrom(domains[:2]).Draw(t, "the one origin")}
	default:
		c.Origins = rapid.Custom(func(t *rapid.T) []string {
			return rapid.SliceOfN(rapid.Custom(drawPattern), 1, 4).Draw(t, "entries")
		}).Draw(t, "Origins")
	}
	if c.Credentials {
		c.ExposedHeaders = slices.DeleteFunc(c.ExposedHeaders, func(h string) bool { return h == "*" })
	}
	// What is dangerous is drawn too, and said to be. An entry shows one fault at a time.
	for range 2 {
		for _, p := range c.Check() {
			switch p.Code {
			case cors.CodeInsecureOrigin:
				c.DangerouslyAllowInsecureOrigins = true
			case cors.CodePublicSuffix:
				c.DangerouslyAllowPublicSuffixes = true
			}
		}
	}
	return c
}

// drawRequest draws what a page gives to fetch().
func drawRequest(t *rapid.T) fetch.Request {
	q := fetch.Request{
		Method:         rapid.SampledFrom(askedMethods).Draw(t, "method"),
		Headers:        rapid.SliceOfN(rapid.SampledFrom(askedHeaders), 0, 3).Draw(t, "headers"),
		Credentials:    rapid.SampledFrom([]fetch.CredentialsMode{"", fetch.CredentialsInclude, fetch.CredentialsOmit}).Draw(t, "credentials"),
		UploadListener: rapid.IntRange(0, 4).Draw(t, "upload listener") == 0,
	}
	if rapid.IntRange(0, 19).Draw(t, "very many headers") == 0 {
		for i := range 99 {
			q.Headers = append(q.Headers, fetch.Header{Name: strings.Repeat("x", 60) + string(rune('a'+i%26)) + strings.Repeat("y", i/26), Value: "1"})
		}
	}
	switch q.Method {
	case "", "GET", "HEAD":
	default:
		if rapid.Bool().Draw(t, "body") {
			q.Body = fetch.BytesBody([]byte("{}"))
		}
	}
	return q
}

// pageAt returns the page of an origin: also of those that no URL of a page has.
func pageAt(agent *fetch.Agent, text string) (*fetch.Page, error) {
	if text == "null" || strings.HasPrefix(text, "http") {
		return agent.NewPage(fetch.PageConfig{URL: text})
	}
	o, err := origin.Parse(text)
	if err != nil {
		return nil, err
	}
	return agent.NewPage(fetch.PageConfig{URL: "https://extension.example/", Origin: o})
}

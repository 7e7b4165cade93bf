package intake

import (
	"context"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// Headers as people copy them: out of the network tab of Chromium or Edge, with its labels, or as they go over the wire. What they hold
// is written as what curl would print of it, or as curl's command where no answer stands in them, and read as that.

var (
	// aCopy finds the start of what a network tab shows, or a request of HTTP/1.
	aCopy = newPattern(`(?mi)^\s*Request URL:?[ \t]*(?:$|https?://)|^\s*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?:/|https?://)\S* HTTP/\d(?:\.\d)?\s*$`)
	// aPreflight finds the headers of a preflight without its first line.
	aPreflight  = newPattern(`(?mi)^\s*Access-Control-Request-Method:`)
	copiedLabel = newPattern(`(?i)^\W*(General|Response Headers|Request Headers|Query String Parameters|Request Payload|Form Data|Payload)\b\W*(?:\(\d+\)|view (?:source|parsed)|raw)?\W*$`)
	copiedField = newPattern(`^:?([A-Za-z][\w ]{0,20}|[!#$%&'*+.^\w|~-]{1,100}):(?:\s+|$)(.*)$`)
	wireRequest = newPattern(`^([A-Z]{3,10}) (\S+) HTTP/(\d(?:\.\d)?)$`)
)

// isCopied reports such headers.
func isCopied(text string) bool {
	return aCopy.re().MatchString(text) || aPreflight.re().MatchString(text) && copiedOrigin.re().MatchString(text)
}

var copiedOrigin = newPattern(`(?mi)^\s*(?:Host|:authority):\s*\S`)

// copied is one exchange of which the headers were copied.
type copied struct {
	method, url, proto string
	status             string // with its reason
	sent, got          fetch.HeaderList
	pseudo             map[string]string // of HTTP/2, without their colon
}

// readCopied reads copied headers.
func readCopied(ctx context.Context, text string) (*Intake, error) {
	var lines []string
	answered := false
	exchanges := parseCopied(text)
	for _, e := range exchanges {
		if !e.complete() {
			continue
		}
		answered = answered || e.status != ""
		lines = append(lines, e.asTranscript()...)
	}
	if len(lines) == 0 {
		return nil, &Error{Code: ErrNoRequest, Kind: KindTranscript, Message: "the headers do not say which URL was asked for", Hint: "copy the Request URL too, or the Host"}
	}
	if answered {
		return readTranscriptOf(ctx, strings.Join(lines, "\n"), "copied headers")
	}
	in, err := readCURL(exchanges[0].asCommand())
	if err != nil {
		return nil, err
	}
	in.Kind, in.What = KindTranscript, "copied headers without an answer"
	for i, n := range in.Notes {
		in.Notes[i] = strings.Replace(n, "a preflight made by hand", "a preflight", 1)
	}
	return in, nil
}

// withHeadersBeside is a console error with the headers of its exchange, where their answer is among them; else the error alone.
func withHeadersBeside(ctx context.Context, in *Intake, text string) *Intake {
	recorded, err := readCopied(ctx, text)
	if err != nil || recorded.Recorded == nil || !samePath(recorded.Request.URL, in.Request.URL) {
		return in
	}
	recorded.Message, recorded.What = in.Message, in.What+", with the headers beside it"
	if recorded.Page == "" && in.Page != "" {
		recorded.Page = in.Page
		recorded.know(FlagFrom)
	}
	return recorded
}

func parseCopied(text string) []*copied {
	e := new(copied)
	exchanges := []*copied{e}
	next := func() {
		if e.url != "" || e.method != "" {
			e = new(copied)
			exchanges = append(exchanges, e)
		}
	}
	section, pending := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(plain(unmarked(line)))
		if line == "" || len(line) > maxHARHeader || len(exchanges) > maxTranscript {
			pending = ""
			continue
		}
		// Newer network tabs copy a name and its value as two lines.
		if pending != "" && !strings.HasSuffix(line, ":") {
			line = pending + " " + line
		}
		pending = ""
		if label := copiedLabel.re().FindStringSubmatch(line); label != nil {
			section = httpspec.Lower(label[1])
			continue
		}
		if found := wireRequest.re().FindStringSubmatch(line); found != nil {
			next()
			e.method, e.url, e.proto, section = found[1], found[2], found[3], "request headers"
			continue
		}
		if found := statusLine.re().FindStringSubmatch(line); found != nil {
			e.proto, e.status, section = found[1], strings.TrimSpace(found[2]+" "+found[3]), "response headers"
			continue
		}
		field := copiedField.re().FindStringSubmatch(line)
		if field == nil {
			continue
		}
		if field[2] == "" {
			pending = line
			continue
		}
		switch name := httpspec.Lower(field[1]); {
		case name == "request url":
			next()
			e.url, section = field[2], "general"
		case name == "request method":
			e.method = field[2]
		case name == "status code" || name == "status" && section == "general":
			e.status = strings.TrimLeft(field[2], "●🔴🟢🟡 ")
		case strings.HasPrefix(line, ":"):
			if e.pseudo == nil {
				e.pseudo = make(map[string]string)
			}
			e.pseudo[name] = field[2]
		case section == "response headers":
			e.got = appendLine(e.got, line)
		case section == "request headers" || section == "" && !strings.HasPrefix(name, "access-control-allow-"):
			e.sent = appendLine(e.sent, line)
		case section == "":
			e.got = appendLine(e.got, line)
		}
	}
	return exchanges
}

// complete finds the URL and the method in the headers, and reports whether there is a URL.
func (e *copied) complete() bool {
	host, _ := e.sent.Get("Host")
	if host == "" {
		host = e.pseudo["authority"]
	}
	path := e.url
	if path == "" {
		path = e.pseudo["path"]
	}
	if path == "" {
		path = "/"
	}
	if e.method == "" {
		e.method = e.pseudo["method"]
	}
	if e.method == "" && e.sent.Contains(httpspec.AccessControlRequestMethod) {
		e.method = "OPTIONS"
	}
	if e.method == "" {
		e.method = "GET"
	}
	if !absolute.re().MatchString(path) {
		if host == "" {
			return false
		}
		path = e.scheme(host) + "://" + host + path
	}
	u, err := fetch.ParseHTTPURL(path)
	if err != nil {
		return false
	}
	e.url = u.StringWithoutFragment()
	return httpspec.IsToken(e.method)
}

// scheme is the one that the headers make likely: a page on https asks nothing else, and HTTP/2 is spoken over TLS alone.
func (e *copied) scheme(host string) string {
	if s := e.pseudo["scheme"]; s == "http" || s == "https" {
		return s
	}
	from, _ := e.sent.Get(httpspec.HeaderOrigin)
	if e.pseudo != nil || strings.HasPrefix(e.proto, "2") || strings.HasPrefix(from, "https:") || strings.HasSuffix(host, ":443") {
		return "https"
	}
	return "http"
}

// asTranscript is what curl -v would print.
func (e *copied) asTranscript() []string {
	u, err := fetch.ParseHTTPURL(e.url)
	if err != nil {
		return nil
	}
	port := "port 80"
	if u.Scheme() == "https" {
		port = "port 443"
	}
	target := strings.TrimPrefix(e.url, u.Origin().String())
	lines := []string{"* Connected to " + u.Host() + " " + port, "> " + e.method + " " + target + " HTTP/1.1", "> Host: " + strings.TrimPrefix(u.Origin().String(), u.Scheme()+"://")}
	for _, h := range e.sent {
		if !httpspec.EqualFold(h.Name, "Host") {
			lines = append(lines, "> "+h.Name+": "+h.Value)
		}
	}
	lines = append(lines, "> ")
	if len(e.status) < 3 || statusOf(e.status[:3]) == 0 {
		return lines
	}
	lines = append(lines, "< HTTP/1.1 "+e.status)
	for _, h := range e.got {
		lines = append(lines, "< "+h.Name+": "+h.Value)
	}
	return append(lines, "< ")
}

// asCommand is the command that asks the same.
func (e *copied) asCommand() string {
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	words := []string{"curl", "-X", e.method, quoted(e.url)}
	for _, h := range e.sent {
		if !httpspec.EqualFold(h.Name, "Host") && !httpspec.EqualFold(h.Name, "Content-Length") {
			words = append(words, "-H", quoted(h.Name+": "+h.Value))
		}
	}
	return strings.Join(words, " ")
}

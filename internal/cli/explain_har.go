package cli

import (
	"encoding/base64"
	"net"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// The types below are HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/: every field that it asks for, and behind an underscore
// what it has no word for. _resourceType, _error and _fromCache are Chromium's, which its network tab reads; _corscope is ours, and
// corscope explain reads it back.

type harDocument struct {
	Log harLog `json:"log"`
}

type harLog struct {
	Version string     `json:"version"`
	Creator harName    `json:"creator"`
	Pages   []harPage  `json:"pages"`
	Entries []harEntry `json:"entries"`
	// Verdict is what explain says of all of it.
	Verdict harVerdict `json:"_corscope"`
}

type harName struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harPage struct {
	Started string   `json:"startedDateTime"`
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Timings struct{} `json:"pageTimings"`
}

type harVerdict struct {
	Version    int      `json:"version"`
	Verdict    verdict  `json:"verdict"`
	Sentence   string   `json:"sentence"`
	ExitStatus int      `json:"exitStatus"`
	Causes     []string `json:"causes"`
}

type harEntry struct {
	Page     string      `json:"pageref"`
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"`
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
	Server   string      `json:"serverIPAddress,omitempty"`
	Resource string      `json:"_resourceType"`
	Cached   string      `json:"_fromCache,omitempty"`
	Extra    harExtra    `json:"_corscope"`
}

type harRequest struct {
	Method      string     `json:"method"`
	URL         string     `json:"url"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harField `json:"cookies"`
	Headers     []harField `json:"headers"`
	Query       []harField `json:"queryString"`
	Post        *harPost   `json:"postData,omitempty"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int64      `json:"bodySize"`
}

type harResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harField `json:"cookies"`
	Headers     []harField `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int64      `json:"bodySize"`
	Error       string     `json:"_error,omitempty"`
}

type harField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harPost struct {
	MimeType string     `json:"mimeType"`
	Params   []harField `json:"params"`
	Text     string     `json:"text"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

type harTimings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
	SSL     float64 `json:"ssl"`
}

// harExtra is what HAR has no field for.
type harExtra struct {
	Kind fetch.ExchangeKind `json:"kind"`
	Hop  int                `json:"hop"`
	// PreflightFor is the number of the entry that a preflight asks about, counted from 0; nil for what is no preflight, and where
	// nothing came behind it.
	PreflightFor *int `json:"preflightFor,omitempty"`
	// Asked is what the page asked for; on the fetch's first request alone.
	Asked *harAsked `json:"asked,omitempty"`
	// Failure is why no answer came.
	Failure *harFailure `json:"failure,omitempty"`
	// Blocked is why the page gets nothing, on the entry that shows it.
	Blocked *harBlocked `json:"blocked,omitempty"`
}

type harAsked struct {
	Page string `json:"page"`
	// Headers are the names of those that the page's JavaScript set, among all that were sent.
	Headers        []string              `json:"headers"`
	Mode           fetch.Mode            `json:"mode"`
	Credentials    fetch.CredentialsMode `json:"credentials"`
	Redirect       fetch.RedirectMode    `json:"redirect"`
	Cache          fetch.CacheMode       `json:"cache"`
	ReferrerPolicy fetch.ReferrerPolicy  `json:"referrerPolicy"`
	Integrity      string                `json:"integrity,omitempty"`
	Keepalive      bool                  `json:"keepalive,omitempty"`
	UploadListener bool                  `json:"uploadListener,omitempty"`
}

type harFailure struct {
	Code   fetch.ReasonCode `json:"code"`
	Detail string           `json:"detail"`
}

type harBlocked struct {
	Code     fetch.ReasonCode `json:"code"`
	Sentence string           `json:"sentence"`
	Rule     string           `json:"rule,omitempty"`
}

// har is the fetch as a HAR of one page.
func (r *result) har() *harDocument {
	t := r.trace
	log := harLog{
		Version: "1.2", Creator: harName{"corscope", fetch.Version}, Entries: []harEntry{},
		Verdict: harVerdict{Version: jsonVersion, Verdict: r.verdict, Sentence: r.sentence, ExitStatus: r.exitStatus(), Causes: []string{}},
	}
	for _, f := range r.report().Findings {
		log.Verdict.Causes = append(log.Verdict.Causes, f.Cause.ID)
	}
	var begun time.Time
	for i, x := range t.Exchanges {
		if i == 0 {
			begun = x.Start
		}
		log.Entries = append(log.Entries, r.harEntry(x))
	}
	if last := lastExchange(t); last == nil || last.Kind == fetch.ExchangePreflight {
		log.Entries = append(log.Entries, r.harNeverSent(last))
	}
	if reason := t.Outcome.Reason; reason != nil && !reason.Code.IsNetwork() {
		// What a preflight stops is shown on the request, and what is wrong on the preflight.
		log.Entries[max(len(t.Exchanges)-1, 0)].Extra.Blocked = &harBlocked{Code: reason.Code, Sentence: reason.Sentence(), Rule: reason.Link()}
		log.Entries[len(log.Entries)-1].Response.Error = r.harError()
	}
	first := slices.IndexFunc(log.Entries, func(e harEntry) bool { return e.Extra.Kind == fetch.ExchangeRequest })
	q := t.Request
	log.Entries[first].Extra.Asked = &harAsked{
		Page: t.Page.URL, Headers: []string{}, Mode: q.Mode, Credentials: q.Credentials, Redirect: q.Redirect, Cache: q.Cache, ReferrerPolicy: q.ReferrerPolicy,
		Integrity: q.Integrity, Keepalive: q.Keepalive, UploadListener: q.UploadListener,
	}
	for _, h := range q.Headers {
		log.Entries[first].Extra.Asked.Headers = append(log.Entries[first].Extra.Asked.Headers, h.Name)
	}
	if t.Page.Origin == "null" {
		log.Entries[first].Extra.Asked.Page = "null"
	}
	for i := range log.Entries[:len(log.Entries)-1] {
		if log.Entries[i].Extra.Kind == fetch.ExchangePreflight {
			next := i + 1
			log.Entries[i].Extra.PreflightFor = &next
		}
	}
	log.Pages = []harPage{{Started: harTime(begun), ID: harPageID, Title: t.Page.URL}}
	return &harDocument{log}
}

const harPageID = "page_1"

func harTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// harError is Chromium's name for what became of the last request.
func (r *result) harError() string {
	for _, c := range r.report().Consoles {
		if c.Browser == diagnose.Chromium && strings.HasPrefix(c.Code, "net::") {
			return c.Code
		}
	}
	return "net::ERR_FAILED"
}

func (r *result) harEntry(x *fetch.Exchange) harEntry {
	wait := float64(x.Duration.Microseconds()) / 1000
	e := harEntry{
		Page: harPageID, Started: harTime(x.Start), Time: wait,
		Request: harRequest{
			Method: x.Method, URL: x.URL, HTTPVersion: x.Proto, Cookies: []harField{}, Headers: harFields(x.RequestHeaders), Query: harQuery(x.URL),
			HeadersSize: -1, BodySize: x.RequestBodySize,
		},
		Response: harResponse{
			Status: x.Status, StatusText: harText(x.StatusText), HTTPVersion: x.Proto, Cookies: []harField{}, HeadersSize: -1, BodySize: -1,
		},
		Timings:  harTimings{Blocked: -1, DNS: -1, Connect: -1, Wait: wait, SSL: -1},
		Resource: r.harResource(x.Kind),
		Extra:    harExtra{Kind: x.Kind, Hop: x.Hop},
	}
	if host, _, err := net.SplitHostPort(x.RemoteAddr); err == nil && net.ParseIP(host) != nil {
		e.Server = host
	}
	headers := x.ResponseHeaders
	if x.Cache != nil {
		// What the rules were applied to.
		e.Response.Status, headers, e.Cached = x.Cache.Status, x.Cache.Headers, "disk"
	}
	e.Response.Headers = harFields(headers)
	if cookie, ok := x.RequestHeaders.Get("Cookie"); ok {
		for pair := range strings.SplitSeq(cookie, ";") {
			e.Request.Cookies = append(e.Request.Cookies, harCookie(pair))
		}
	}
	for _, line := range headers.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		e.Response.Cookies = append(e.Response.Cookies, harCookie(pair))
	}
	if location, _ := headers.Get("Location"); e.Response.Status/100 == 3 {
		e.Response.RedirectURL = harText(location)
	}
	mime, _ := headers.Get("Content-Type")
	e.Response.Content = harBody(x.ResponseBody, harText(mime), x.ResponseBodyTruncated)
	if body := r.requestBody; len(body) > 0 && x.RequestBodySize > 0 && utf8.Valid(body) {
		mime, _ := x.RequestHeaders.Get("Content-Type")
		e.Request.Post = &harPost{MimeType: mime, Params: []harField{}, Text: string(body)}
	}
	if x.Failure != nil {
		e.Extra.Failure = &harFailure{x.Failure.Code, harText(x.Failure.Detail)}
		if x.Failure.Code != fetch.ReasonNotSent {
			e.Response.Error = r.harError()
		}
	}
	return e
}

// harNeverSent is the request that stayed in the browser, as Chromium exports it: with status 0.
func (r *result) harNeverSent(preflight *fetch.Exchange) harEntry {
	q := r.trace.Request
	x := &fetch.Exchange{Kind: fetch.ExchangeRequest, Method: q.Method, URL: withoutFragment(q.URL), RequestHeaders: slices.Clone(q.Headers), RequestBodySize: q.BodySize}
	if preflight != nil {
		x.Method, _ = preflight.RequestHeaders.Get(httpspec.AccessControlRequestMethod)
		x.Hop, x.URL, x.Start = preflight.Hop, preflight.URL, preflight.Start
	}
	return r.harEntry(x)
}

func withoutFragment(u string) string {
	u, _, _ = strings.Cut(u, "#")
	return u
}

func (r *result) harResource(kind fetch.ExchangeKind) string {
	switch {
	case kind == fetch.ExchangePreflight:
		return "preflight"
	case r.initiator == diagnose.ByXMLHttpRequest:
		return "xhr"
	}
	return "fetch"
}

func harFields(headers fetch.HeaderList) []harField {
	fields := []harField{}
	for _, h := range headers {
		fields = append(fields, harField{h.Name, harText(h.Value)})
	}
	return fields
}

func harCookie(pair string) harField {
	name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
	return harField{harText(name), harText(value)}
}

// harQuery splits the query and decodes nothing: the URL itself is beside it.
func harQuery(u string) []harField {
	fields := []harField{}
	if _, query, found := strings.Cut(u, "?"); found {
		for pair := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			fields = append(fields, harField{name, value})
		}
	}
	return fields
}

// harText is a text of bytes as JSON can hold it: those that are no UTF-8 stand for the characters of the same number.
func harText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func harBody(body []byte, mime string, cut bool) harContent {
	c := harContent{Size: len(body), MimeType: mime}
	if mime == "" {
		c.MimeType = "x-unknown"
	}
	if utf8.Valid(body) {
		c.Text = string(body)
	} else {
		c.Text, c.Encoding = base64.StdEncoding.EncodeToString(body), "base64"
	}
	if cut {
		c.Comment = "the start of it"
	}
	return c
}

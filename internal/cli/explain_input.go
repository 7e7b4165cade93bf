package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/intake"
)

// understand finds out what explain was given: a URL, or something that a URL and
// flags can be made of. It fills in the flags that changed does not report, and
// returns the URL.
func (r *run) understand(ctx context.Context, what string, f *explainFlags, changed func(flag string) bool) (target string, err error) {
	in, err := r.readInput(ctx, what, f)
	if err != nil {
		return "", inputError(ctx, err)
	}
	return f.take(in, changed)
}

// take fills in the flags that changed does not report from what was read, and returns the URL.
func (f *explainFlags) take(in *intake.Intake, changed func(flag string) bool) (target string, err error) {
	if f.live && in.Recorded == nil {
		return "", &usageError{Code: codeUsage, Message: "--live is for a HAR and for what curl printed, and this is " + in.What, Hint: "leave it out: the request is made anyway"}
	}
	if in.Kind == intake.KindURL {
		return in.Request.URL, nil
	}
	f.given = in
	if f.offline() && f.loadPage {
		return "", &usageError{Code: codeUsage, Message: "--load-page needs a network, and what was recorded is judged without one", Hint: "add --live"}
	}
	if f.offline() {
		if slices.ContainsFunc([]string{"from", "header", "credentials", "cookie", "mode"}, changed) {
			in.Notes = append(in.Notes, "the server's answers are those to the request that was recorded, without what flags changed")
		}
	} else if in.Recorded != nil {
		in.Notes = slices.DeleteFunc(in.Notes, func(n string) bool { return strings.HasPrefix(n, "judged from the recorded") })
	}
	if in.BodyFile != "" && !changed("data") {
		return "", &usageError{Code: codeInput, Message: "the cURL command takes its body from " + quote(in.BodyFile) + ", and no file is read on behalf of a pasted text",
			Hint: "add -d @FILE to corscope explain"}
	}
	if option := firstOf(importOptions, changed); in.Import && option != "" {
		return "", &usageError{Code: codeUsage, Message: "an import of a module has no --" + option, Hint: "leave it out: modules are fetched by GET and CORS, with credentials for the page's own origin alone"}
	}
	in.Assumed = slices.DeleteFunc(in.Assumed, func(a intake.Assumption) bool { return a.Flag != "" && changed(string(a.Flag)) })
	fill := func(flag string, to *string, value string) {
		if value != "" && !changed(flag) {
			*to = value
		}
	}
	q := in.Request
	fill("from", &f.from, pageOf(in.Page, f.loadPage))
	if strings.HasPrefix(f.from, "file:") && !changed("from") {
		f.from = "null"
		in.Notes = append(in.Notes, "the page is a file, whose origin browsers call null; Electron and older WebViews say file://, which is as little to be allowed, because every file has it")
	}
	fill("request", &f.method, q.Method)
	fill("credentials", &f.credentials, string(q.Credentials))
	fill("mode", &f.mode, string(q.Mode))
	fill("redirect", &f.redirect, string(q.Redirect))
	f.fillHeaders(changed("header"))
	if !changed("resolve") {
		f.resolve = in.Resolve
	}
	if !changed("cookie") {
		f.fillCookies()
	}
	return q.URL, nil
}

// importOptions are the flags that say what import() cannot.
var importOptions = []string{"request", "header", "data", "credentials", "mode", "redirect"}

func firstOf(flags []string, changed func(flag string) bool) string {
	if i := slices.IndexFunc(flags, changed); i >= 0 {
		return flags[i]
	}
	return ""
}

// offline reports that nothing is sent: the exchange was recorded.
func (f *explainFlags) offline() bool { return f.given != nil && f.given.Recorded != nil && !f.live }

// readInput reads the argument itself, the file behind @, or standard input.
func (r *run) readInput(ctx context.Context, what string, f *explainFlags) (*intake.Intake, error) {
	o := intake.Options{Page: f.from, Entry: f.entry}
	if strings.EqualFold(f.from, "null") {
		o.Page = ""
	}
	if what == "-" || what == "@-" {
		return intake.Read(ctx, r.env.Stdin, o)
	}
	name, isFile := strings.CutPrefix(what, "@")
	if !isFile {
		if info, err := os.Stat(what); err == nil && info.Mode().IsRegular() && (f.from == "" || !strings.HasPrefix(what, "/")) {
			return nil, &usageError{Code: codeFile, Message: quote(what) + " is a file", Hint: "write @ in front of it, and it is read"}
		}
		return intake.Read(ctx, strings.NewReader(what), o)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fileError(quote(name), err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, &usageError{Code: codeFile, Message: quote(name) + " cannot be read", Hint: "it is a directory"}
	}
	return intake.Read(ctx, io.Reader(file), o)
}

func inputError(ctx context.Context, err error) error {
	var bad *intake.Error
	switch {
	case ctx.Err() != nil:
		return &usageError{Code: codeInterrupted, Message: "interrupted"}
	case !errors.As(err, &bad):
		return err
	}
	return &usageError{Code: codeInput, Message: bad.Message, Hint: bad.Hint}
}

// pageOf is the page as --from takes it. Only its origin counts, unless the page
// itself is to be loaded.
func pageOf(page string, whole bool) string {
	u, err := fetch.ParseHTTPURL(page)
	if err != nil || whole {
		return page
	}
	return u.Origin().String()
}

// fillHeaders adds the input's headers in front of those of the flags. A header that
// was only assumed gives way to all flags, others to one of the same name.
func (f *explainFlags) fillHeaders(changed bool) {
	if changed && !f.given.Known[intake.FlagHeader] {
		return
	}
	var lines []string
	for _, h := range f.given.Request.Headers {
		named := func(line string) bool {
			name, _, _ := strings.Cut(line, ":")
			return httpspec.EqualFold(strings.TrimSpace(name), h.Name)
		}
		if !slices.ContainsFunc(f.headers, named) {
			lines = append(lines, h.Name+": "+h.Value)
		}
	}
	f.headers = append(lines, f.headers...)
}

// fillCookies holds the cookies so that they are sent again, as they were.
func (f *explainFlags) fillCookies() {
	attributes := "; Path=/"
	if strings.HasPrefix(f.given.Request.URL, "https:") {
		attributes += "; SameSite=None; Secure"
	}
	for _, c := range f.given.Cookies {
		f.cookies = append(f.cookies, c+attributes)
	}
	if len(f.given.Cookies) > 0 && f.credentials != string(fetch.CredentialsOmit) {
		f.given.Assumed = append(f.given.Assumed, intake.Assumption{Flag: intake.FlagCookie, Text: "the cookies may go to other sites, because they were sent"})
	}
}

// complete adds what no flag says to the request that was made of the flags.
func (f *explainFlags) complete(a *asked) {
	if f.given == nil {
		return
	}
	q := f.given.Request
	a.request.Cache, a.request.ReferrerPolicy, a.request.Integrity = q.Cache, q.ReferrerPolicy, q.Integrity
	a.request.TargetAddressSpace, a.imports = q.TargetAddressSpace, f.given.Import
	a.request.Keepalive, a.request.UploadListener = q.Keepalive, q.UploadListener
	// What flags add only JavaScript could: then it is judged as a call of fetch().
	if m := a.request.Method; (m == "" || m == "GET") && f.data == nil && f.given.Body == nil && (len(a.request.Headers) == 0 || q.InitiatorType == fetch.InitiatorOther) {
		a.request.Destination, a.request.InitiatorType = q.Destination, q.InitiatorType
	}
	if f.data == nil && f.given.Body != nil {
		a.request.Body, a.body = fetch.BytesBody(f.given.Body), f.given.Body
		if f.given.Stream {
			a.request.Body = fetch.StreamBody(bytes.NewReader(f.given.Body))
		}
	}
}

// command is the command line that asks for what was pasted, without its page and with secrets masked; empty where the paste itself has
// to be given again, because more than that is in it.
func (f *explainFlags) command(target string) string {
	if f.given == nil || f.given.Recorded != nil || f.given.Import || f.lab != nil {
		return ""
	}
	words := []string{"corscope explain", shellWord(target)}
	if f.method != "" && f.method != "GET" {
		words = append(words, "-X", shellWord(f.method))
	}
	for _, line := range f.headers {
		if name, value, err := parseHeader(line); err == nil {
			masked, _ := httpspec.MaskValue(name, value)
			words = append(words, "-H", shellWord(name+": "+masked))
		}
	}
	if n := len(f.given.Body); n > 0 && n <= maxCurlBody {
		words = append(words, "-d", shellWord(string(f.given.Body)))
	}
	if f.credentials == string(fetch.CredentialsInclude) {
		words = append(words, "--credentials include")
	}
	return strings.Join(append(words, "--from PAGE"), " ")
}

// initiator is what the page asked with, as diagnose knows it. Only an XMLHttpRequest tells of an upload.
func (f *explainFlags) initiator(a *asked) diagnose.Initiator {
	if f.given != nil && f.given.Initiator == intake.ByXMLHttpRequest || a.request.UploadListener {
		return diagnose.ByXMLHttpRequest
	}
	return diagnose.ByFetch
}

// understood is what the input was read as, in the JSON output.
type understood struct {
	Kind  intake.Kind `json:"kind"`
	What  string      `json:"what"`
	Page  string      `json:"page,omitempty"`
	URL   string      `json:"url"`
	Said  *said       `json:"message,omitempty"`
	Notes []string    `json:"notes,omitempty"`
	// Assumed is what the input does not say.
	Assumed []assumed `json:"assumed,omitempty"`
	Entries []entry   `json:"entries,omitempty"`
	Entry   int       `json:"entry,omitempty"`
}

// said is what a console error says.
type said struct {
	Browser        intake.Browser   `json:"browser,omitempty"`
	Initiator      intake.Initiator `json:"initiator,omitempty"`
	Reason         string           `json:"reason,omitempty"`
	Code           fetch.ReasonCode `json:"code,omitempty"`
	Phase          fetch.Phase      `json:"phase,omitempty"`
	RedirectedFrom string           `json:"redirectedFrom,omitempty"`
	Status         int              `json:"status,omitempty"`
	// Met is whether the same rule stopped the request this time.
	Met bool `json:"met"`
	// Others are causes that the same words are said of, beside those that were found: where the run did not tell for certain.
	Others []otherCause `json:"others,omitempty"`
}

// otherCause is as much of a cause as a list needs.
type otherCause struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type assumed struct {
	Text string `json:"text"`
	Flag string `json:"flag,omitempty"`
}

type entry struct {
	Number  int    `json:"number"`
	Method  string `json:"method"`
	URL     string `json:"url"`
	Verdict string `json:"verdict,omitempty"`
}

// understood says how the input was read, or nil for a URL. The trace tells whether
// what a console said came true, with what reading the body ended with.
func (f *explainFlags) understood(t *fetch.Trace, bodyErr error) *understood {
	in := f.given
	if in == nil {
		return nil
	}
	u := &understood{Kind: in.Kind, What: in.What, Page: f.from, URL: in.Request.URL, Notes: in.Notes, Entry: in.Entry}
	for _, a := range in.Assumed {
		u.Assumed = append(u.Assumed, assumed{a.Text, string(a.Flag)})
	}
	for _, e := range in.Entries {
		u.Entries = append(u.Entries, entry(e))
	}
	if m := in.Message; m != nil {
		u.Said = saidOf(m)
		if t == nil {
			return u // nothing was asked, so that nothing came true
		}
		u.Said.Met = t.Outcome.Reason != nil && (m.Code == "" && (m.Phase != fetch.PhaseBefore || t.Outcome.Reason.Phase == fetch.PhaseBefore) || sameFault(m.Code, t.Outcome.Reason.Code))
		if id := f.meaning().Cause.ID; id != "" && t.Outcome.Reason != nil && t.Outcome.Reason.Code.IsNetwork() && impliesAnswer(m) {
			u.Notes = append(slices.Clone(u.Notes), "the browser was answered, and this machine is not: ask from where the browser is, or give the address with --resolve. The words alone name "+id+", which corscope why tells of")
		}
		if m.Directive != "" && !f.loadPage {
			says := "the page is taken to have the policy that the message names, and no more; --load-page reads all of it"
			if m.Value == "" {
				says = "the page's own policy forbade it, and nothing was sent; what is said here is about the request without it, and --load-page holds it to that policy. " + f.meaning().Says
			}
			u.Notes = append(slices.Clone(u.Notes), says)
		} else if diagnose.NeverBegan(t, bodyErr) {
			u.Said.Met = m.Code.IsNetwork()
		} else if t.Outcome.Allowed && m.Browser == intake.WebKit && m.Reason == "" {
			u.Notes = append(slices.Clone(u.Notes), "Safari names the cause in the line above this one. Where there is none, the page was left while it asked, or a content blocker stopped the request: this one gets its answer")
		} else if t.Outcome.Allowed {
			u.Notes = append(slices.Clone(u.Notes), "the browser was refused what this request gets: what was assumed is other than the page's, or the server has changed")
		}
	}
	return u
}

// saidPolicy gives the page as much of its Content-Security-Policy as a message that it forbids the request says of it.
func (f *explainFlags) saidPolicy(p fetch.PageConfig) fetch.PageConfig {
	if f.given == nil || f.given.Message == nil || f.given.Message.Directive == "" || f.given.Message.Value == "" || len(p.ContentSecurityPolicy) > 0 {
		return p
	}
	return p.WithPolicies(fetch.HeaderList{{Name: "Content-Security-Policy", Value: f.given.Message.Value}})
}

// meaning is what the words of a message stand for; zero for none.
func (f *explainFlags) meaning() diagnose.Meaning {
	if f.given == nil || f.given.Message == nil {
		return diagnose.Meaning{}
	}
	meaning, _ := diagnose.Interpret(wordsOf(f.given.Message, f.given.Page))
	return meaning
}

// impliesAnswer reports a message that a browser prints only of an answer that it got.
func impliesAnswer(m *intake.Message) bool {
	return m.Code != "" && m.Phase != fetch.PhaseBefore && !m.Code.IsNetwork()
}

func saidOf(m *intake.Message) *said {
	return &said{Browser: m.Browser, Initiator: m.Initiator, Reason: m.Reason, Code: m.Code, Phase: m.Phase, RedirectedFrom: m.RedirectedFrom, Status: m.Status}
}

// sameFault counts those codes as one that a browser has the same words for.
func sameFault(a, b fetch.ReasonCode) bool {
	families := [][]fetch.ReasonCode{
		{fetch.ReasonAllowOriginMismatch, fetch.ReasonAllowOriginInvalid, fetch.ReasonAllowOriginMultiple},
		{fetch.ReasonAllowCredentialsAbsent, fetch.ReasonAllowCredentialsValue},
		{fetch.ReasonMethodNotAllowed, fetch.ReasonMethodWildcard},
		{fetch.ReasonHeaderNotAllowed, fetch.ReasonHeaderWildcard, fetch.ReasonAuthorizationNotListed},
	}
	return a == b || slices.ContainsFunc(families, func(f []fetch.ReasonCode) bool { return slices.Contains(f, a) && slices.Contains(f, b) })
}

package intake

import (
	"context"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// maxJudged is how many requests of a HAR are judged to find the one that was blocked.
const maxJudged = 2000

// harCandidate is a request that a page's JavaScript made, and what the recorded exchange comes to.
type harCandidate struct {
	entry   *harEntry
	in      *Intake
	verdict string
	// rank orders them: 0 blocked by CORS, 1 failed, 2 neither.
	rank int
}

// intake picks the request.
func (f *harFile) intake(ctx context.Context, o Options) (*Intake, error) {
	slices.SortStableFunc(f.entries, func(a, b *harEntry) int { return a.started.Compare(b.started) })
	var list []harCandidate
	for i, e := range f.entries {
		if e.isPreflight() || len(list) == maxJudged || f.isHop(i) {
			continue
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c, ok := f.candidate(ctx, i); ok {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil, &Error{Code: ErrNoRequest, Kind: KindHAR, Message: "the HAR holds " + plural(f.all, "request", "requests") + ", and none by a page to another origin",
			Hint: "record the page while it fails, with all kinds of requests shown"}
	}
	slices.SortStableFunc(list, func(a, b harCandidate) int { return a.rank - b.rank })
	bad := slices.IndexFunc(list, func(c harCandidate) bool { return c.rank == 2 })
	none := bad == 0
	if bad > 0 {
		list = list[:bad]
	}
	entries := make([]Entry, len(list))
	for i, c := range list {
		entries[i] = Entry{Number: i + 1, Method: c.in.Request.Method, URL: c.in.Request.URL, Verdict: c.verdict}
	}
	n, err := choose(len(list), o.Entry, "requests", func() []Entry { return entries })
	if err != nil {
		return nil, err
	}
	in := list[n].in
	in.Recorded.reset()
	if len(list) > 1 {
		in.Entries, in.Entry = entries, n+1
	}
	if f.left > 0 {
		in.note("the HAR holds " + plural(f.left, "request", "requests") + " to other origins more than were looked at")
	}
	if none {
		in.note("none of the HAR's requests to other origins was blocked")
	}
	in.note("judged from the recorded exchange; --live makes the request again")
	return in, nil
}

// isHop reports an entry to which another one redirected: it is a part of that one's fetch.
func (f *harFile) isHop(i int) bool {
	e := f.entries[i]
	for back := i - 1; back >= max(i-20, 0); back-- {
		b := f.entries[back]
		if b.redirect == "" || b.isPreflight() {
			continue
		}
		base, err := fetch.ParseURL(b.url)
		if err != nil {
			continue
		}
		if target, err := base.Parse(b.redirect); err == nil && target.StringWithoutFragment() == withoutFragment(e.url) {
			return true
		}
	}
	return false
}

func withoutFragment(u string) string {
	u, _, _ = strings.Cut(u, "#")
	return u
}

// byPage are the resource types of requests that CORS applies to. Exports without types have none.
func (e *harEntry) byPage() bool {
	if e.asked != nil {
		return true
	}
	switch e.resource {
	case "document", "image", "media", "script", "stylesheet", "websocket", "ping", "manifest", "texttrack", "preflight":
		return e.mode() == "cors"
	}
	return e.mode() != "navigate" && e.mode() != "no-cors" && e.mode() != "websocket"
}

func (e *harEntry) mode() string {
	mode, _ := e.sent.Get("Sec-Fetch-Mode")
	return mode
}

// creatorName is what people call the program that wrote the HAR.
func (f *harFile) creatorName() string {
	switch f.creator {
	case "WebInspector":
		return "Chromium's developer tools"
	case "WebKit Web Inspector":
		return "Safari's Web Inspector"
	}
	return f.creator
}

// candidate makes the page's request of an entry and judges what was recorded. It reports false for one to which CORS does not apply.
func (f *harFile) candidate(ctx context.Context, at int) (harCandidate, bool) {
	e := f.entries[at]
	target, err := fetch.ParseHTTPURL(e.url)
	if err != nil || target.HasCredentials() || !e.byPage() || httpspec.IsForbiddenMethod(e.method) || !httpspec.IsToken(e.method) {
		return harCandidate{}, false
	}
	in := &Intake{Kind: KindHAR, What: "a HAR", Initiator: ByFetch}
	if f.creator != "" {
		in.What = "a HAR of " + f.creatorName()
	}
	if e.resource == "xhr" {
		in.Initiator = ByXMLHttpRequest
	}
	in.Request.URL, in.Request.Method = e.url, e.method
	in.know(FlagMethod, FlagHeader)
	in.takeSent(e.sent)
	in.Notes = slices.DeleteFunc(in.Notes, func(n string) bool { return strings.HasPrefix(n, "neither Origin") })
	f.page(in, e)
	if e.asked != nil {
		e.asked.take(in, e.sent)
	}
	page, err := fetch.ParseURL(in.Page)
	if in.Page == "" || in.Page != "null" && err != nil || err == nil && page.Origin() == target.Origin() && e.asked == nil {
		return harCandidate{}, false
	}
	if e.hasPost && e.method != "GET" && e.method != "HEAD" {
		in.Body = []byte(e.post)
		in.know(FlagData)
	}
	in.Recorded = &Recording{file: f, main: e, at: at}
	c := harCandidate{entry: e, in: in}
	return c, c.judge(ctx)
}

// page finds the page where the request's own headers do not name it: Chromium exports those of a request that was stopped at its
// preflight without Origin.
func (f *harFile) page(in *Intake, e *harEntry) {
	if in.Page != "" {
		return
	}
	if p := f.preflightOf(e, e.method, e.url); p != nil {
		in.Page, _ = p.sent.Get(httpspec.HeaderOrigin)
	}
	if in.Page == "" {
		in.Page = f.pages[e.page]
	}
	if in.Page != "" {
		in.know(FlagFrom)
	}
}

// judge runs the recorded exchange through the engine. Where the browser was refused an answer that a page without credentials may
// have, it asked with credentials.
func (c *harCandidate) judge(ctx context.Context) bool {
	reason, ok := c.run(ctx)
	if !ok {
		return false
	}
	blocked := func(r fetch.Reason) bool { return !r.IsZero() && !r.Code.IsNetwork() }
	if !blocked(reason) && c.entry.failure == "net::ERR_FAILED" && c.entry.status > 0 && c.in.Request.Credentials != fetch.CredentialsInclude && c.entry.asked == nil {
		was := c.in.Request.Credentials
		c.in.Request.Credentials = fetch.CredentialsInclude
		with, ok := c.run(ctx)
		if ok && blocked(with) {
			reason = with
			c.in.Assumed = slices.DeleteFunc(c.in.Assumed, func(a Assumption) bool { return a.Flag == FlagCredentials })
			c.in.assume(FlagCredentials, "the page asks with credentials, because the browser withheld an answer that it may have without")
		} else {
			c.in.Request.Credentials = was
		}
	}
	switch {
	case blocked(reason):
		c.verdict, c.rank = "blocked: "+string(reason.Code), 0
	case reason.Code != "" || c.entry.failure != "" || c.entry.status <= 0:
		c.verdict, c.rank = "failed", 1
		if c.entry.said() != "" {
			c.rank = 0 // it was blocked, and --live shows what by
		}
		if reason.Code == fetch.ReasonNotRecorded {
			c.verdict = "no answer in the HAR"
		}
		if c.entry.failure != "" {
			c.verdict += ": " + c.entry.failure
		}
	default:
		c.verdict, c.rank = "allowed", 2
	}
	if c.in.Recorded.assumedPreflight {
		c.in.assume("", "the preflight is not in the HAR, and is taken to have allowed the request, because that was sent")
	}
	return true
}

// run judges once.
func (c *harCandidate) run(ctx context.Context) (fetch.Reason, bool) {
	c.in.Recorded.reset()
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: c.in.Recorded, NoHTTPCache: true})
	if err != nil {
		return fetch.Reason{}, false
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: c.in.Page})
	if err != nil {
		return fetch.Reason{}, false
	}
	q := c.in.Request
	if c.in.Body != nil {
		q.Body = fetch.BytesBody(c.in.Body)
	}
	response, err := page.Fetch(ctx, q)
	if err != nil {
		return fetch.Reason{}, false
	}
	defer response.Close()
	return response.Reason, true
}

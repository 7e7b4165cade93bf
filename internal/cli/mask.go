package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

const stars = httpspec.Stars

// minRepeated is how long a secret must be to be looked for in other texts. Shorter
// ones would turn up by chance.
const minRepeated = 8

// secrets masks what must not be shown: the values of the headers that carry
// credentials, passwords in URLs, and wherever a secret is repeated.
type secrets struct{ repeated []string }

// masked returns a copy of t without secrets. t is left as it is; what the copy does
// not mask, bodies above all, it shares.
func masked(t *fetch.Trace) *fetch.Trace {
	m, _ := maskedWith(t, nil)
	return m
}

// maskedWith is masked for a trace and the further requests that belong to it.
func maskedWith(t *fetch.Trace, probes []diagnose.Probe) (*fetch.Trace, []diagnose.Probe) {
	s := new(secrets)
	for _, p := range probes {
		s.learn(p.Exchange.RequestHeaders)
		s.learn(p.Exchange.ResponseHeaders)
	}
	s.learn(t.Request.Headers)
	for _, h := range t.Ignored {
		s.learn(fetch.HeaderList{h.Header})
	}
	for _, x := range t.Exchanges {
		s.learn(x.RequestHeaders)
		s.learn(x.ResponseHeaders)
		if x.Cache != nil {
			s.learn(x.Cache.Headers)
		}
	}
	slices.SortFunc(s.repeated, func(a, b string) int { return len(b) - len(a) })

	m := *t
	m.Page.URL, m.Request.URL = s.text(m.Page.URL), s.text(m.Request.URL)
	m.Request.Headers = s.headers(m.Request.Headers)
	m.Outcome.Headers = s.headers(m.Outcome.Headers)
	m.Outcome.URL = s.text(m.Outcome.URL)
	if t.Outcome.Reason != nil {
		reason := s.reason(*t.Outcome.Reason)
		m.Outcome.Reason = &reason
	}
	m.Ignored = slices.Clone(t.Ignored)
	for i := range m.Ignored {
		m.Ignored[i].Header = s.header(m.Ignored[i].Header)
		m.Ignored[i].Why = s.text(m.Ignored[i].Why)
	}
	m.Preflights = slices.Clone(t.Preflights)
	for i := range m.Preflights {
		unsafe := slices.Clone(m.Preflights[i].Headers)
		for j := range unsafe {
			unsafe[j].Header = s.header(unsafe[j].Header)
		}
		m.Preflights[i].Headers = unsafe
	}
	m.Steps = slices.Clone(t.Steps)
	for i := range m.Steps {
		step := &m.Steps[i]
		step.Want, step.Got, step.Text = s.about(step.Subject, step.Want), s.about(step.Subject, step.Got), s.text(step.Text)
		step.Subject = s.text(step.Subject)
	}
	m.Exchanges = make([]*fetch.Exchange, len(t.Exchanges))
	for i, x := range t.Exchanges {
		m.Exchanges[i] = s.exchange(*x)
	}
	probes = slices.Clone(probes)
	for i := range probes {
		p := &probes[i]
		p.Asks, p.Exchange = s.text(p.Asks), s.exchange(*p.Exchange)
	}
	return &m, probes
}

func (s *secrets) exchange(x fetch.Exchange) *fetch.Exchange {
	x.URL = s.text(x.URL)
	x.RequestHeaders, x.ResponseHeaders = s.headers(x.RequestHeaders), s.headers(x.ResponseHeaders)
	x.Cookies, x.SetCookies = s.cookies(x.Cookies), s.cookies(x.SetCookies)
	if x.Cache != nil {
		use := *x.Cache
		use.Headers = s.headers(use.Headers)
		x.Cache = &use
	}
	if x.Failure != nil {
		failure := *x.Failure
		failure.Detail, failure.Hint = s.text(failure.Detail), s.text(failure.Hint)
		x.Failure = &failure
	}
	return &x
}

func (s *secrets) cookies(decisions []fetch.CookieDecision) []fetch.CookieDecision {
	decisions = slices.Clone(decisions)
	for i := range decisions {
		decisions[i] = decisions[i].Masked(stars)
		decisions[i].Why = s.text(decisions[i].Why)
	}
	return decisions
}

func (s *secrets) reason(r fetch.Reason) fetch.Reason {
	r.Want, r.Got = s.about(r.Subject, r.Want), s.about(r.Subject, r.Got)
	r.URL, r.Subject, r.Detail = s.text(r.URL), s.text(r.Subject), s.text(r.Detail)
	return r
}

// learn remembers the secrets of headers, to find them elsewhere.
func (s *secrets) learn(headers fetch.HeaderList) {
	for _, h := range headers {
		switch {
		case httpspec.EqualFold(h.Name, "Cookie"):
			for pair := range strings.SplitSeq(h.Value, ";") {
				_, value, _ := strings.Cut(pair, "=")
				s.remember(value)
			}
		case httpspec.EqualFold(h.Name, "Set-Cookie"):
			pair, _, _ := strings.Cut(h.Value, ";")
			_, value, _ := strings.Cut(pair, "=")
			s.remember(value)
		case httpspec.IsAuthorization(h.Name):
			_, credentials, found := strings.Cut(h.Value, " ")
			if !found {
				credentials = h.Value
			}
			s.remember(credentials)
		case httpspec.IsKey(h.Name):
			s.remember(h.Value)
		}
	}
}

func (s *secrets) remember(secret string) {
	secret = strings.TrimSpace(secret)
	if len(secret) >= minRepeated && !slices.Contains(s.repeated, secret) {
		s.repeated = append(s.repeated, secret)
	}
}

func (s *secrets) headers(headers fetch.HeaderList) fetch.HeaderList {
	headers = slices.Clone(headers)
	for i := range headers {
		headers[i] = s.header(headers[i])
	}
	return headers
}

func (s *secrets) header(h fetch.Header) fetch.Header {
	h.Value = s.about(h.Name, h.Value)
	return h
}

// about masks a value of the header called name, or of anything else.
func (s *secrets) about(name, value string) string {
	if masked, secret := httpspec.MaskValue(name, value); secret {
		return masked
	}
	return s.text(value)
}

var userinfo = regexp.MustCompile(`(://)[^/?#@\s"]*@`)

// text masks passwords in URLs and known secrets in a text.
func (s *secrets) text(text string) string {
	if strings.Contains(text, "@") {
		text = userinfo.ReplaceAllString(text, "${1}"+stars+"@")
	}
	for _, secret := range s.repeated {
		text = strings.ReplaceAll(text, secret, stars)
	}
	return text
}

package webui

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// recordedServer returns the answers of a trace as a pretend server. Answers name their URL only where it matters, so that the call's
// URL can be edited. r may be nil.
func recordedServer(t *fetch.Trace, r *diagnose.Report) *Pretend {
	p := &Pretend{Answers: []Answer{}}
	urls := make(map[string]bool)
	leads := false
	exchanges := t.Exchanges
	if r != nil {
		exchanges = slices.Concat(exchanges, r.Observed())
	}
	p.AddressSpace = string(spaceOf(t))
	for _, x := range exchanges {
		urls[x.URL] = true
		leads = leads || x.Status >= 300 && x.Status < 400 && x.ResponseHeaders.Contains("Location")
	}
	named := leads || len(urls) > 1 || r != nil && r.Fix != nil && slices.ContainsFunc(r.Fix.Page, func(c diagnose.PageChange) bool { return c.Option == "url" })
	for _, x := range exchanges {
		a := Answer{On: string(x.Kind), Status: x.Status, Headers: headersOf(x.ResponseHeaders)}
		if named {
			a.URL = x.URL
		}
		switch {
		case x.Failure != nil && (x.Failure.Code == fetch.ReasonNotSent || x.Failure.Code == fetch.ReasonNotRecorded):
			continue
		case x.Failure != nil:
			a.Failure = string(x.Failure.Code)
		case x.Status < 200 || x.Status > 599:
			continue
		default:
			a.Headers, a.Body = plainBody(a.Headers, x.ResponseBody)
		}
		if len(p.Answers) == maxAnswers {
			break
		}
		if last := len(p.Answers) - 1; last < 0 || !p.Answers[last].equal(a) {
			p.Answers = append(p.Answers, a)
		}
	}
	if r != nil {
		p.Further = furtherAnswers(r.Probes)
	}
	return p
}

// furtherAnswers are those to the requests that were made besides: a server that is asked again from the record gives them again.
func furtherAnswers(probes []diagnose.Probe) []Further {
	var list []Further
	for _, probe := range probes[:min(len(probes), maxFurther)] {
		x := probe.Exchange
		if x == nil {
			break // what follows rests on it
		}
		f := Further{Method: x.Method, URL: x.URL}
		f.Origin, _ = x.RequestHeaders.Get(httpspec.HeaderOrigin)
		if x.Failure != nil {
			f.Failure = string(x.Failure.Code)
		} else {
			f.Status = x.Status
			f.Headers, f.Body = plainBody(headersOf(x.ResponseHeaders), x.ResponseBody)
		}
		list = append(list, f)
	}
	return list
}

// spaceOf is the address space of the server that a trace is about, where it tells.
func spaceOf(t *fetch.Trace) fetch.AddressSpace {
	if r := t.Outcome.Reason; r != nil {
		switch r.Code {
		case fetch.ReasonLocalNetworkAccess, fetch.ReasonLocalNetworkInsecure, fetch.ReasonTargetAddressSpace:
			return fetch.AddressSpace(r.Got)
		}
	}
	for _, x := range t.Exchanges {
		if x.AddressSpace != fetch.AddressSpaceUnknown {
			return x.AddressSpace
		}
	}
	return fetch.AddressSpaceUnknown
}

func (a *Answer) equal(b Answer) bool {
	return a.On == b.On && a.URL == b.URL && a.Status == b.Status && a.Body == b.Body && a.Failure == b.Failure && slices.Equal(a.Headers, b.Headers)
}

// plainBody takes off a content coding and the headers that speak of how the body travelled, so that a person can edit it.
func plainBody(headers []Header, body []byte) ([]Header, string) {
	coding := ""
	for _, h := range headers {
		if httpspec.EqualFold(h.Name, "Content-Encoding") {
			coding = strings.ToLower(strings.TrimSpace(h.Value))
		}
	}
	decoded := coding == ""
	if coding == "gzip" || coding == "x-gzip" {
		if z, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
			// The trace may hold the start of it alone: what can be read of that is enough.
			if plain, _ := io.ReadAll(io.LimitReader(z, maxText)); len(plain) > 0 {
				body, decoded = plain, true
			}
		}
	}
	kept := make([]Header, 0, len(headers))
	for _, h := range headers {
		travel := httpspec.EqualFold(h.Name, "Content-Length") || httpspec.EqualFold(h.Name, "Transfer-Encoding") || decoded && httpspec.EqualFold(h.Name, "Content-Encoding")
		if !travel {
			kept = append(kept, h)
		}
	}
	return kept, string(body)
}

// fixedCase returns the case with the complete fix, against a pretend server, or nil where there is none.
func fixedCase(c Case, p *Pretend, r *diagnose.Report) *Case {
	if r.Fix == nil || !r.Fix.Complete || len(r.Fix.Server)+len(r.Fix.Page) == 0 {
		return nil
	}
	c = c.clone()
	c.Paste, c.Entry, c.Demo = "", 0, ""
	c.Server = p.clone()
	c.Server.Further = nil // those of a server that is no more
	for _, change := range r.Fix.Server {
		if change.On == diagnose.OnPage {
			c.PageHeaders = withHeader(c.PageHeaders, Header{change.Header, change.After})
		} else {
			c.Server.apply(change)
		}
	}
	for _, change := range r.Fix.Page {
		c.apply(change)
	}
	c.Server.complete()
	return &c
}

// apply changes every answer that the change is about, or adds the one that was never seen.
func (p *Pretend) apply(change diagnose.Change) {
	found := false
	for i := range p.Answers {
		a := &p.Answers[i]
		if a.On == string(change.On) && (a.URL == "" || a.URL == change.URL) && (a.Method == "" || a.Method == change.Method) {
			a.apply(change)
			found = true
		}
	}
	if found || len(p.Answers) == maxAnswers {
		return
	}
	a := Answer{On: string(change.On), URL: change.URL, Status: 200, Headers: []Header{}}
	if change.On == fetch.ExchangePreflight {
		a.Status = 204
	}
	if !slices.ContainsFunc(p.Answers, func(a Answer) bool { return a.URL != "" }) {
		a.URL = ""
	}
	a.apply(change)
	p.Answers = append(p.Answers, a)
}

func (a *Answer) apply(change diagnose.Change) {
	if change.Header == "" {
		if status, err := strconv.Atoi(change.After); err == nil {
			a.Status = status
		}
		return
	}
	a.Headers = withHeader(a.Headers, Header{change.Header, change.After})
}

// withHeader is the list with the header as the only one of its name, where the first of them was.
func withHeader(list []Header, header Header) []Header {
	there := false
	kept := make([]Header, 0, len(list)+1)
	for _, h := range list {
		if !httpspec.EqualFold(h.Name, header.Name) {
			kept = append(kept, h)
		} else if !there {
			there = true
			kept = append(kept, header)
		}
	}
	if !there {
		kept = append(kept, header)
	}
	return kept
}

// complete adds what the fix takes the server to answer where nobody has seen it.
func (p *Pretend) complete() {
	for _, answer := range []Answer{{On: string(fetch.ExchangePreflight), Status: 204}, {On: string(fetch.ExchangeRequest), Status: 200}} {
		on, status := answer.On, answer.Status
		open := func(a Answer) bool { return a.On == on && a.URL == "" && a.Method == "" }
		if on == string(fetch.ExchangePreflight) && !slices.ContainsFunc(p.Answers, func(a Answer) bool { return a.On == on }) {
			continue // no preflight, no answer to it
		}
		if !slices.ContainsFunc(p.Answers, open) && len(p.Answers) < maxAnswers {
			p.Answers = append(p.Answers, Answer{On: on, Status: status, Headers: []Header{}})
		}
	}
}

// apply makes one change to the call.
func (c *Case) apply(change diagnose.PageChange) {
	switch change.Option {
	case "url":
		c.URL = change.After
	case "method":
		c.Method = change.After
	case "mode":
		c.Mode = change.After
		if c.Mode != string(fetch.ModeSameOrigin) && c.Cache == string(fetch.CacheOnlyIfCached) {
			c.Cache = ""
		}
	case "credentials":
		c.Credentials = change.After
	case "redirect":
		c.Redirect = change.After
	case "cache":
		c.Cache = change.After
	case "integrity":
		c.Integrity = change.After
	case "targetAddressSpace":
		c.TargetAddressSpace = change.After
	case "keepalive":
		c.Keepalive = false
	case "body":
		c.Stream = false
	case "header":
		c.Headers = slices.DeleteFunc(c.Headers, func(h Header) bool { return httpspec.EqualFold(h.Name, change.Before) })
	}
}

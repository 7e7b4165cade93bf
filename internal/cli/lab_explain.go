package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
	"github.com/corscope/corscope/internal/webui"
)

// explainer is corscope explain for the lab: what differs is where a case comes from and where its text goes.
type explainer struct{}

var _ webui.Explainer = explainer{}

// Explain implements [webui.Explainer].
func (explainer) Explain(ctx context.Context, q webui.Question) (*webui.Explanation, error) {
	e, err := explainCase(ctx, q)
	var bad *usageError
	if errors.As(err, &bad) {
		return nil, &webui.Problem{Code: string(bad.Code), Message: bad.Message, Hint: bad.Hint}
	}
	return e, err
}

func explainCase(ctx context.Context, q webui.Question) (*webui.Explanation, error) {
	// A case comes from a web page: it reads no file and no standard input.
	r := &run{env: Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}}
	f := &explainFlags{
		from: q.Case.Page, method: q.Case.Method, credentials: string(fetch.CredentialsSameOrigin), mode: string(fetch.ModeCORS), redirect: string(fetch.RedirectFollow),
		server: q.Server, networkFlags: networkFlags{timeout: "30s"}, send: q.Send, lab: &labFlags{answers: q.Answers, further: q.Further, configure: q.Network, profile: q.Profile},
	}
	if q.Timeout > 0 {
		f.timeout = q.Timeout.Round(time.Millisecond).String()
	}
	target, err := f.readCase(ctx, q.Case)
	if err != nil {
		return nil, err
	}
	result, err := r.examine(ctx, target, f)
	if err != nil {
		return nil, err
	}
	return &webui.Explanation{
		Document: result.document(), Text: result.text(renderOptions{Width: pipeWidth}), Case: f.understoodCase(q.Case, target, result),
		Trace: result.trace, Report: result.report(),
	}, nil
}

// readCase fills in the flags from a case, and returns the URL. What the case says beside its paste overrides that.
func (f *explainFlags) readCase(ctx context.Context, c webui.Case) (target string, err error) {
	target = c.URL
	overrides := make(map[string]bool)
	set := func(flag string, to *string, value string) {
		if value != "" {
			*to = value
			overrides[flag] = true
		}
	}
	if c.Paste != "" {
		in, err := intake.Read(ctx, bytes.NewReader([]byte(c.Paste)), intake.Options{Page: pageOption(c.Page), Entry: c.Entry})
		if err != nil {
			return "", inputError(ctx, err)
		}
		set("from", &f.from, c.Page)
		set("request", &f.method, c.Method)
		set("credentials", &f.credentials, c.Credentials)
		set("mode", &f.mode, c.Mode)
		set("redirect", &f.redirect, c.Redirect)
		f.headers, f.cookies = headerLines(c.Headers), c.Cookies
		overrides["header"], overrides["cookie"] = len(c.Headers) > 0, len(c.Cookies) > 0
		overrides["data"] = c.Body != nil
		if in.Kind == intake.KindURL {
			target = in.Request.URL
		} else if target, err = f.take(in, func(flag string) bool { return overrides[flag] }); err != nil {
			return "", err
		}
		if c.URL != "" {
			target = c.URL
		}
	} else {
		set("credentials", &f.credentials, c.Credentials)
		set("mode", &f.mode, c.Mode)
		set("redirect", &f.redirect, c.Redirect)
		f.headers, f.cookies = headerLines(c.Headers), slices.Clone(c.Cookies)
	}
	if c.Body != nil {
		f.lab.body = []byte(*c.Body)
	}
	f.lab.request = func(q *fetch.Request) {
		if c.Cache != "" {
			q.Cache = fetch.CacheMode(c.Cache)
		}
		if c.Integrity != "" {
			q.Integrity = c.Integrity
		}
		if c.TargetAddressSpace != "" {
			q.TargetAddressSpace = fetch.AddressSpace(c.TargetAddressSpace)
		}
		q.Keepalive = q.Keepalive || c.Keepalive
		q.UploadListener = q.UploadListener || c.UploadListener
		if c.Stream && q.Body != nil {
			q.Body = fetch.StreamBody(q.Body.Reader())
		}
	}
	f.lab.imports = c.Import
	f.lab.page = func(p *fetch.PageConfig) {
		policies := make(fetch.HeaderList, len(c.PageHeaders))
		for i, h := range c.PageHeaders {
			policies[i] = fetch.Header(h)
		}
		*p = p.WithPolicies(policies)
		p.AddressSpace = fetch.AddressSpace(c.PageSpace)
	}
	return target, nil
}

func pageOption(page string) string {
	if strings.EqualFold(page, "null") {
		return ""
	}
	return page
}

func headerLines(headers []webui.Header) []string {
	var lines []string
	for _, h := range headers {
		lines = append(lines, h.Name+": "+h.Value)
	}
	return lines
}

// understoodCase is the case with all that was read out of its paste. Nothing in it is masked: it is what the person gave.
func (f *explainFlags) understoodCase(c webui.Case, target string, result *result) webui.Case {
	q := result.trace.Request
	c.Page, c.URL, c.Method, c.Credentials, c.Mode, c.Redirect = f.from, target, q.Method, f.credentials, f.mode, f.redirect
	if q.Cache != fetch.CacheDefault {
		c.Cache = string(q.Cache)
	}
	c.Headers = nil
	for _, line := range f.headers {
		if name, value, err := parseHeader(line); err == nil {
			c.Headers = append(c.Headers, webui.Header{Name: name, Value: value})
		}
	}
	c.Cookies = slices.Clone(f.cookies)
	c.Integrity, c.TargetAddressSpace = q.Integrity, string(q.TargetAddressSpace)
	c.Import = q.Destination == fetch.DestinationScript && q.InitiatorType == ""
	if f.given != nil {
		c.Keepalive = c.Keepalive || f.given.Request.Keepalive
		c.UploadListener = c.UploadListener || f.given.Request.UploadListener
		c.Entry = f.given.Entry
	}
	if c.Body == nil && result.requestBody != nil {
		body := string(result.requestBody)
		c.Body = &body
	}
	return c
}

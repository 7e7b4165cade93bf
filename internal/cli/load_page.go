package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// pageError says that what a flag names cannot be a page.
func pageError(flag, value string, err error) *usageError {
	e := &usageError{Code: codePage, Message: flag + " " + quote(value) + " is no page", Hint: withoutPrefix(err)}
	if bad := (*fetch.PageConfigError)(nil); errors.As(err, &bad) && bad.Hint != "" {
		e.Hint = bad.Hint
	}
	return e
}

// loadPage replaces the page by the one that its address leads to, with the policies
// that its own answer states.
func (a *asked) loadPage(ctx context.Context, from string) error {
	config := fetch.PageConfig{URL: from}
	if !a.assumedPublic {
		config.AddressSpace = a.page.AddressSpace()
	}
	a.assumedPublic = false
	page, answer, err := a.agent.LoadPage(ctx, config)
	var blocked *fetch.BlockedError
	switch {
	case errors.As(err, &blocked):
		return &usageError{Code: codePageNotLoaded, Message: "--load-page cannot load " + quote(from),
			Hint: strings.TrimSuffix(blocked.Reason.Sentence(), ".")}
	case ctx.Err() != nil:
		return &usageError{Code: codeInterrupted, Message: "interrupted"}
	case err != nil:
		return requestError(err)
	}
	if !answer.OK() {
		a.notes = append(a.notes, fmt.Sprintf("the page itself answers %d", answer.Status))
	}
	if page.Origin() != a.page.Origin() {
		where := page.URL().Origin().String()
		if page.Origin().IsOpaque() {
			a.notes = append(a.notes, "its Content-Security-Policy sandboxes the page, so that it has no origin")
		} else {
			a.notes = append(a.notes, "the address of --from leads to "+where+", which is the page")
		}
	}
	p := page.Policies()
	if len(p.ContentSecurityPolicy)+len(p.ContentSecurityPolicyReportOnly) == 0 && p.EmbedderPolicy == fetch.UnsafeNone {
		a.notes = append(a.notes, "the page's answer states no policy that stops a fetch")
	}
	a.page = page
	return nil
}

package webui

import (
	"context"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// policyHeaders are those of a page's answer that a stage hands on. No other header of a case reaches the page that a stage serves.
var policyHeaders = []string{
	"content-security-policy", "content-security-policy-report-only", "cross-origin-embedder-policy", "cross-origin-embedder-policy-report-only",
	"permissions-policy", "referrer-policy",
}

// policies are those of the case's page, carried over.
func (p *plan) policies(at map[string]string) fetch.HeaderList {
	var list fetch.HeaderList
	for _, h := range headerList(p.item.PageHeaders) {
		if slices.Contains(policyHeaders, httpspec.Lower(h.Name)) {
			list = append(list, fetch.Header{Name: h.Name, Value: moved(h.Value, at)})
		}
	}
	return list
}

// stageDirectives are those of Content-Security-Policy that decide about the stage itself, or ask for TLS.
var stageDirectives = []string{"sandbox", "frame-ancestors", "require-trusted-types-for", "trusted-types", "upgrade-insecure-requests", "block-all-mixed-content", "report-uri", "report-to"}

// served says why the page's policies cannot be carried over: they would keep the stage from its work, which is done by a script of its
// own, and asks for cookies.
func (p *plan) served() string {
	if p.item.Import && !p.demo {
		return "A module of a pretend server would run in your browser, whatever it says."
	}
	if len(p.item.PageHeaders) == 0 {
		return ""
	}
	const cannot = "The page's policy would keep the stage from its work: it has a script of its own, and sees to which cookies are sent next."
	if p.page == nil || p.cookies {
		return cannot
	}
	for _, h := range p.item.PageHeaders {
		if !httpspec.EqualFold(h.Name, "Content-Security-Policy") && !httpspec.EqualFold(h.Name, "Content-Security-Policy-Report-Only") {
			continue
		}
		for directive := range strings.FieldsFuncSeq(h.Value, func(r rune) bool { return r == ';' || r == ',' }) {
			if words := strings.Fields(directive); len(words) > 0 && slices.Contains(stageDirectives, httpspec.Lower(words[0])) {
				return cannot
			}
		}
	}
	if !p.runsOwnScript() {
		return cannot
	}
	return ""
}

// runsOwnScript asks the browser's half whether the page may load a script of its own server.
func (p *plan) runsOwnScript() bool {
	script := p.page.Origin().String() + backstage + "stage.js"
	answer := Answer{On: string(fetch.ExchangeRequest), Status: 200, Headers: []Header{{"Content-Type", "text/javascript"}}}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: newPretendTransport(Case{Server: &Pretend{Answers: []Answer{answer}}}), NoHTTPCache: true})
	if err != nil {
		return false
	}
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: script}.WithPolicies(p.policies(nil)))
	if err != nil {
		return false
	}
	response, err := page.FetchModule(context.Background(), fetch.ModuleRequest{URL: script})
	if err != nil {
		return false
	}
	defer response.Close()
	return !response.IsError()
}

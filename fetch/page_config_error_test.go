package fetch

import (
	"errors"
	"testing"
)

func TestAPageThatCannotBeIsRefusedWithEachMistake(t *testing.T) {
	agent := mustAgent(t)
	for _, c := range []struct {
		name   string
		config PageConfig
		code   PageConfigCode
		field  string
		text   string
	}{
		{"no URL", PageConfig{}, PageConfigURL, "URL", `fetch: page: the URL is empty: write one such as "https://api.example.com"`},
		{"a URL without a scheme", PageConfig{URL: "app"}, PageConfigURL, "URL", `fetch: page: the URL "app" has no scheme: write "https://app"`},
		{"a frame in what is no URL", PageConfig{URL: app, TopLevel: "//"}, PageConfigTopLevel, "TopLevel", `fetch: top-level page: the URL "//" has no scheme: write it with one, such as "https://api.example.com"`},
		{"a policy for referrers that nobody knows", PageConfig{URL: app, ReferrerPolicy: "never"}, PageConfigReferrerPolicy, "ReferrerPolicy",
			`fetch: "never" is not a referrer policy: use one of ` + referrerPolicyList()},
		{"a policy for what is embedded that nobody knows", PageConfig{URL: app, EmbedderPolicy: "require-cors"}, PageConfigEmbedderPolicy, "EmbedderPolicy",
			`fetch: "require-cors" is not an embedder policy: use unsafe-none, credentialless or require-corp`},
		{"the same, only reported", PageConfig{URL: app, EmbedderPolicyReportOnly: "x"}, PageConfigEmbedderPolicy, "EmbedderPolicyReportOnly",
			`fetch: "x" is not an embedder policy: use unsafe-none, credentialless or require-corp`},
		{"a page in no address space", PageConfig{URL: app, AddressSpace: "bogus"}, PageConfigAddressSpace, "AddressSpace",
			`fetch: "bogus" is not an address space: use public, local or loopback`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := agent.NewPage(c.config)
			fault := new(PageConfigError)
			if !errors.As(err, &fault) || fault.Code != c.code || fault.Field != c.field {
				t.Fatalf("got %v", err)
			}
			if err.Error() != c.text {
				t.Errorf("got  %s\nwant %s", err, c.text)
			}
			urlFault := new(URLError)
			if ofURL := c.code == PageConfigURL || c.code == PageConfigTopLevel; errors.As(err, &urlFault) != ofURL {
				t.Errorf("its cause is %v", fault.Err)
			}
		})
	}
}

func TestAllMistakesOfAPageAreToldBeforeAServerIsAsked(t *testing.T) {
	agent, err := NewAgent(AgentConfig{Transport: scripted(func(*Message) *Answer {
		t.Error("the server is asked")
		return nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	c := PageConfig{URL: app, TopLevel: "top", EmbedderPolicy: "a", EmbedderPolicyReportOnly: "b", ReferrerPolicy: "c", AddressSpace: "d"}
	_, want := agent.NewPage(c)
	if many, ok := want.(interface{ Unwrap() []error }); !ok || len(many.Unwrap()) != 5 {
		t.Errorf("got %v, want five mistakes", want)
	}
	if _, _, err := agent.LoadPage(t.Context(), c); err == nil || err.Error() != want.Error() {
		t.Errorf("got %v, want %v", err, want)
	}
}

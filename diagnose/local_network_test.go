package diagnose

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// localNetworkCases are fetches of a page of the internet from a server of this machine.
var localNetworkCases = []struct {
	name    string
	profile fetch.Profile
	page    string
	r       fetch.Request
	want    string
	likely  bool
	// fix is a part of what is left to do, empty for none; console a part of what Chromium prints, and firefox of Firefox, "?" where nobody
	// knows.
	fix, console, firefox string
}{
	{"Chromium asks", fetch.Chromium(), appPage, fetch.Request{}, "local-network-access", false, "Let the user grant the page access to the local network",
		"has been blocked by CORS policy: Permission was denied for this request to access the `loopback` address space.", "(Reason: CORS request did not succeed). Status code: (null)."},
	{"Chromium does not ask for a page on plain http", fetch.Chromium(), "http://app.example.com", fetch.Request{}, "local-network-insecure", false, "Serve the page over https",
		"The request client is not a secure context and the resource is in more-private address space `loopback`.", "?"},
	{"the page says that the server is elsewhere", fetch.Chromium(), appPage, fetch.Request{TargetAddressSpace: fetch.AddressSpaceLocal}, "target-address-space mixed-content", false, "targetAddressSpace: loopback instead of local",
		"Request had a target IP address space of `local` yet the resource is in address space `loopback`.", "?"},
	{"the standard reads no targetAddressSpace, and Chromium does; to WebKit it is mixed content", fetch.Profile{}, appPage, fetch.Request{TargetAddressSpace: fetch.AddressSpaceLocal},
		"target-address-space mixed-content local-network-access", false, "targetAddressSpace: loopback instead of local", "", ""},
	{"the standard does not ask, and Chromium would; to WebKit it is mixed content", fetch.Profile{}, appPage, fetch.Request{}, "mixed-content local-network-access", false, "", "", ""},
	{"nor would Chromium for a page on plain http", fetch.Profile{}, "http://app.example.com", fetch.Request{}, "local-network-insecure", false, "", "", ""},
}

func TestLocalNetworkAccessIsNamed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	t.Cleanup(server.Close)
	for _, c := range localNetworkCases {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: c.profile})
			if err != nil {
				t.Fatal(err)
			}
			c.r.URL = server.URL
			page := fetch.PageConfig{URL: c.page, AddressSpace: fetch.AddressSpacePublic}
			report := Diagnose(recordIn(t, agent, page, c.r), Options{})
			if got := causeIDs(report.Findings); got != c.want || report.Findings[0].Likely != c.likely {
				t.Fatalf("named are %q, likely %v; want %q, %v", got, report.Findings[0].Likely, c.want, c.likely)
			}
			todo := ""
			if report.Fix != nil {
				todo = report.Fix.Todo
				for _, change := range report.Fix.Page {
					if c.fix != "" {
						todo += change.String()
					}
				}
			}
			if !strings.Contains(todo, c.fix) || c.fix == "" && todo != "" {
				t.Errorf("left to do is %q, want %q in it", todo, c.fix)
			}
			for browser, want := range map[Browser]string{Chromium: c.console, Firefox: c.firefox} {
				p := report.Consoles[slices.IndexFunc(report.Consoles, func(p Printout) bool { return p.Browser == browser })]
				if got := strings.Join(texts(p), "\n"); p.Unknown != (want == "?") || want != "?" && !strings.Contains(got, want) {
					t.Errorf("%s prints %q, unknown %v; want %q in it", browser, got, p.Unknown, want)
				}
			}
		})
	}
}

func TestAServerOfTheInternetIsNoLocalNetwork(t *testing.T) {
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: answers("", "200 x"+appAllowed)})
	if err != nil {
		t.Fatal(err)
	}
	page := fetch.PageConfig{URL: appPage, AddressSpace: fetch.AddressSpacePublic}
	if findings := Recognise(recordIn(t, agent, page, fetch.Request{URL: apiURL})); len(findings) > 0 {
		t.Errorf("named are %q", causeIDs(findings))
	}
}

func TestTheBrowsersOwnWordsOfTheLocalNetwork(t *testing.T) {
	trace := record(t, appPage, fetch.Request{URL: apiURL}, answers("", "200 x"+appAllowed))
	for said, want := range map[string]string{
		"Permission was denied for this request to access the `loopback` address space.":                                        "local-network-access",
		"The request client is not a secure context and the resource is in more-private address space `local`.":                 "local-network-insecure",
		"Request had a target IP address space of `local` yet the resource is in address space `public`.":                       "target-address-space",
		"Local Network Access detected: top-level site “https://app.example.com”, initiator “https://app.example.com”, accessi": "local-network-access",
		"No 'Access-Control-Allow-Origin' header is present on the requested resource.":                                         "",
	} {
		findings := Diagnose(trace, Options{Said: said}).Findings
		if got := causeIDs(findings); got != want || want != "" && findings[0].Likely {
			t.Errorf("%q: named are %q, want %q for certain", said, got, want)
		}
	}
}

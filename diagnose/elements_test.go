package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// elementCases are what elements, fonts and an EventSource ask for and do not get. The lines of Chromium and Firefox were measured in
// Chromium 156 and Firefox 153 ESR on 2026-11-23.
var elementCases = []struct {
	name    string
	request fetch.PotentialCORSRequest
	policy  []string
	answer  string
	want    string
	// fix is a part of what is to do. The rest are parts of what is printed, and what the page gets.
	fix, chromium, firefox, webkit, gets string
}{
	{"an image with crossorigin", fetch.PotentialCORSRequest{Destination: fetch.DestinationImage, InitiatorType: fetch.InitiatorImg, CORS: fetch.Anonymous}, nil, "200 x", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to image at 'https://api.example.com/users' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
		"(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.", "Cannot load image https://api.example.com/users due to access control checks.", "error event"},
	{"an image with use-credentials, and *", fetch.PotentialCORSRequest{Destination: fetch.DestinationImage, InitiatorType: fetch.InitiatorImg, CORS: fetch.UseCredentials}, nil,
		"200 x|Access-Control-Allow-Origin: *", "allow-origin-wildcard-with-credentials allow-credentials-missing", "Access-Control-Allow-Credentials: true", "must not be the wildcard '*' when the request's credentials mode is 'include'.",
		"Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’", "Cannot use wildcard in Access-Control-Allow-Origin", "error event"},
	{"a font", fetch.PotentialCORSRequest{Destination: fetch.DestinationFont, InitiatorType: fetch.InitiatorCSS, CORS: fetch.Anonymous}, nil, "200 x", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to font at 'https://api.example.com/users' from origin", "missing). Status code: 200.", "Cannot load font https://api.example.com/users", "NetworkError: A network error occurred."},
	{"a style sheet", fetch.PotentialCORSRequest{Destination: fetch.DestinationStyle, InitiatorType: fetch.InitiatorLink, CORS: fetch.Anonymous}, nil, "200 x", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to CSS stylesheet at 'https://api.example.com/users' from origin", "missing). Status code: 200.", "Cannot load stylesheet https://api.example.com/users", "error event"},
	{"a script element, which is no import", fetch.PotentialCORSRequest{Destination: fetch.DestinationScript, InitiatorType: fetch.InitiatorScript, CORS: fetch.Anonymous}, nil, "200 x", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to script at 'https://api.example.com/users' from origin", "missing). Status code: 200.", "Cannot load script https://api.example.com/users", "error event"},
	{"a preload for fetch()", fetch.PotentialCORSRequest{InitiatorType: fetch.InitiatorLink, CORS: fetch.Anonymous}, nil, "200 x", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to link element resource at 'https://api.example.com/users' from origin", "missing). Status code: 200.", "due to access control checks.", "error event"},
	{"a sound", fetch.PotentialCORSRequest{Destination: fetch.DestinationAudio, InitiatorType: fetch.InitiatorAudio, CORS: fetch.Anonymous}, nil, "200 x", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to audio at 'https://api.example.com/users' from origin", "missing). Status code: 200.", "Cannot load audio https://api.example.com/users", "error event; error.code is 4"},
	{"an EventSource", fetch.PotentialCORSRequest{CORS: fetch.Anonymous}, nil, "200 x", "allow-origin-missing",
		"Access-Control-Allow-Origin: https://app.example.com", "Access to resource at 'https://api.example.com/users' from origin", "Firefox can’t establish a connection to the server at https://api.example.com/users.",
		"EventSource cannot load https://api.example.com/users due to access control checks.", "error event; readyState is 2: it is closed"},
	{"the page's own policy on images", fetch.PotentialCORSRequest{Destination: fetch.DestinationImage, InitiatorType: fetch.InitiatorImg}, []string{"img-src 'self'"}, "200 x", "csp-subresource",
		"img-src 'self' https://api.example.com", `Loading the image 'https://api.example.com/users' violates the following Content Security Policy directive: "img-src 'self'". The action has been blocked.`,
		"blocked the loading of a resource (img-src) at https://api.example.com/users because", "does not appear in the img-src directive", "error event"},
	{"the page's own policy on style sheets", fetch.PotentialCORSRequest{Destination: fetch.DestinationStyle, InitiatorType: fetch.InitiatorLink}, []string{"style-src 'self'"}, "200 x", "csp-subresource",
		"style-src 'self' https://api.example.com", "Loading the stylesheet 'https://api.example.com/users' violates the following Content Security Policy directive: \"style-src 'self'\". Note that 'style-src-elem' was not explicitly set, so 'style-src' is used as a fallback.",
		"blocked a style (style-src-elem) at https://api.example.com/users from being applied because", "does not appear in the style-src directive", "error event"},
	{"the page's own policy on sounds, by default-src", fetch.PotentialCORSRequest{Destination: fetch.DestinationAudio, InitiatorType: fetch.InitiatorAudio}, []string{"default-src 'self'"}, "200 x", "csp-subresource",
		"media-src 'self' https://api.example.com", "Loading media from  'https://api.example.com/users' violates the following Content Security Policy directive: \"default-src 'self'\". Note that 'media-src' was not explicitly set, so 'default-src' is used as a fallback.",
		"blocked the loading of a resource (media-src) at", "does not appear in the default-src directive", "error event; error.code is 4"},
}

func TestWhatElementsAskForIsDiagnosed(t *testing.T) {
	for _, c := range elementCases {
		t.Run(c.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: answers("", c.answer)})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: appPage, ContentSecurityPolicy: c.policy})
			if err != nil {
				t.Fatal(err)
			}
			c.request.URL, c.request.Trace = apiURL, new(fetch.Trace)
			response, err := page.FetchPotentialCORS(t.Context(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			r := Diagnose(c.request.Trace, Options{})
			if got := causeIDs(r.Findings); got != c.want {
				t.Fatalf("named are %q, want %q", got, c.want)
			}
			if r.Fix == nil || !r.Fix.Complete {
				t.Fatalf("the fix is %+v", r.Fix)
			}
			said := r.Fix.Todo
			for _, change := range r.Fix.Server {
				said += change.Header + ": " + change.After
			}
			for _, change := range r.Fix.Page {
				said += change.After
			}
			if !strings.Contains(said, c.fix) {
				t.Errorf("the fix is %q, want %q in it", said, c.fix)
			}
			for browser, want := range map[Browser]string{Chromium: c.chromium, Firefox: c.firefox, WebKit: c.webkit} {
				p := r.Consoles[slices.IndexFunc(r.Consoles, func(p Printout) bool { return p.Browser == browser })]
				gets := c.gets
				if browser == Firefox && InitiatorOf(c.request.Trace) == ByLink {
					gets = "load event: Firefox does not say that a preload failed"
				}
				if got := strings.Join(texts(p), "\n"); !strings.Contains(got, want) || p.JavaScript != gets {
					t.Errorf("%s prints %q and gives %q, want %q and %q", browser, got, p.JavaScript, want, gets)
				}
			}
		})
	}
}

// TestTheCallOfAFixIsWhatThePageHas: an element keeps being one.
func TestTheCallOfAFixIsWhatThePageHas(t *testing.T) {
	for want, q := range map[string]fetch.Request{
		`<img src="https://api.example.com/users">`:                                       {Destination: fetch.DestinationImage, Mode: fetch.ModeNoCORS},
		`<img crossorigin src="https://api.example.com/users">`:                           {Destination: fetch.DestinationImage, Mode: fetch.ModeCORS},
		`<script crossorigin="use-credentials" src="https://api.example.com/users">`:      {Destination: fetch.DestinationScript, Mode: fetch.ModeCORS, Credentials: fetch.CredentialsInclude},
		`<link rel="stylesheet" href="https://api.example.com/users">`:                    {Destination: fetch.DestinationStyle, Mode: fetch.ModeNoCORS, InitiatorType: fetch.InitiatorLink},
		`<link rel="preload" as="font" crossorigin href="https://api.example.com/users">`: {Destination: fetch.DestinationFont, InitiatorType: fetch.InitiatorLink, Mode: fetch.ModeCORS},
		`<link rel="preload" as="fetch" href="https://api.example.com/users">`:            {InitiatorType: fetch.InitiatorLink, Mode: fetch.ModeNoCORS},
		`@font-face { src: url("https://api.example.com/users") }`:                        {Destination: fetch.DestinationFont, InitiatorType: fetch.InitiatorCSS, Mode: fetch.ModeCORS},
		`<video src="https://api.example.com/users">`:                                     {Destination: fetch.DestinationVideo, Mode: fetch.ModeNoCORS},
		`new EventSource("https://api.example.com/users", { withCredentials: true })`:     {InitiatorType: fetch.InitiatorOther, Mode: fetch.ModeCORS, Credentials: fetch.CredentialsInclude},
	} {
		q.URL = apiURL
		if got := callText(q); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

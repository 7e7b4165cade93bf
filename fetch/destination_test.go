package fetch

import (
	"strings"
	"testing"
)

// elementRequests are what elements ask for, in a profile, and what the server sees of it.
func TestWhatElementsSend(t *testing.T) {
	const own, other = "https://app.example.com/", "https://api.example.com/"
	image := PotentialCORSRequest{Destination: DestinationImage, InitiatorType: InitiatorImg}
	for _, c := range []struct {
		name    string
		profile Profile
		page    string
		url     string
		cors    CORSSetting
		ask     PotentialCORSRequest
		want    string // the URL and the headers that matter, or the reason
	}{
		{"an image without crossorigin", Profile{}, own, other, NoCORS, image, other + "|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5||image|no-cors"},
		{"an image by CORS", Profile{}, own, other, Anonymous, image, other + "|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5|https://app.example.com|image|cors"},
		{"a style sheet", Profile{}, own, other, NoCORS, PotentialCORSRequest{Destination: DestinationStyle, InitiatorType: InitiatorLink}, other + "|text/css,*/*;q=0.1||style|no-cors"},
		{"an image of the page's own origin has no Origin", Profile{}, own, own, Anonymous, image, own + "|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5||image|cors"},
		{"but in Chromium", Chromium(), own, own, Anonymous, image, own + "|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5|https://app.example.com|image|cors"},
		{"a preload for fetch() too", Chromium(), own, own, Anonymous, PotentialCORSRequest{InitiatorType: InitiatorLink}, own + "|*/*|https://app.example.com|empty|cors"},
		{"audio and an EventSource not", Chromium(), own, own, Anonymous, PotentialCORSRequest{Destination: DestinationAudio, InitiatorType: InitiatorAudio}, own + "|*/*||audio|cors"},
		{"an EventSource not", Chromium(), own, own, Anonymous, PotentialCORSRequest{}, own + "|*/*||empty|cors"},
		{"an image without crossorigin not", Chromium(), own, own, NoCORS, image, own + "|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5||image|no-cors"},
		{"an image over http is asked for over https", Profile{}, own, "http://api.example.com/", NoCORS, image, other + "|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5||image|no-cors"},
		{"not by an address", Profile{}, own, "http://192.0.2.1/", NoCORS, image, "mixed-content"},
		{"not where it can be trusted", Profile{}, own, "http://localhost:3000/", NoCORS, image, "http://localhost:3000/|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5||image|no-cors"},
		{"not of a page on http", Profile{}, "http://app.example.com/", "http://api.example.com/", NoCORS, image, "http://api.example.com/|image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5|||"},
		{"not a font", Profile{}, own, "http://api.example.com/", Anonymous, PotentialCORSRequest{Destination: DestinationFont, InitiatorType: InitiatorCSS}, "mixed-content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			agent, err := NewAgent(AgentConfig{Profile: c.profile, Transport: transportFunc(func(m *Message) *Answer {
				got = m.URL.String()
				for _, name := range []string{"Accept", "Origin", "Sec-Fetch-Dest", "Sec-Fetch-Mode"} {
					value, _ := m.Headers.Get(name)
					got += "|" + value
				}
				return &Answer{Status: 200, Headers: HeaderList{{"Access-Control-Allow-Origin", "*"}}}
			})})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: c.page})
			if err != nil {
				t.Fatal(err)
			}
			c.ask.URL, c.ask.CORS = c.url, c.cors
			response, err := page.FetchPotentialCORS(t.Context(), c.ask)
			if err != nil {
				t.Fatal(err)
			}
			if response.IsError() {
				got = string(response.Reason.Code)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestARequestOfAnElementIsNotPreflighted, whatever headers the browser gives it, unlike fetch().
func TestARequestOfAnElementIsNotPreflighted(t *testing.T) {
	for initiator, want := range map[InitiatorType]string{"": "OPTIONS GET", InitiatorFetch: "OPTIONS GET", InitiatorXMLHttpRequest: "OPTIONS GET", InitiatorOther: "GET", InitiatorImg: "GET"} {
		var methods []string
		agent, err := NewAgent(AgentConfig{Transport: transportFunc(func(m *Message) *Answer {
			methods = append(methods, m.Method)
			return &Answer{Status: 200, Headers: HeaderList{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Headers", "*"}}}
		})})
		if err != nil {
			t.Fatal(err)
		}
		page, err := agent.NewPage(PageConfig{URL: "https://app.example.com"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := page.Fetch(t.Context(), Request{URL: "https://api.example.com", Headers: HeaderList{{"X-A", "1"}}, InitiatorType: initiator}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(methods, " "); got != want {
			t.Errorf("%q: the server got %s, want %s", initiator, got, want)
		}
	}
}

func TestTypesThatNoElementMayUse(t *testing.T) {
	for _, c := range []struct {
		destination Destination
		mime, sniff string
		want        string
	}{
		{DestinationScript, "text/javascript", "nosniff", ""},
		{DestinationScript, "text/plain", "", ""},
		{DestinationScript, "text/plain", "NoSniff, x", "a script needs a type of JavaScript then"},
		{DestinationScript, "", "nosniff", "a script needs a type of JavaScript then"},
		{DestinationScript, "text/plain", "x, nosniff", ""},
		{DestinationScript, "image/png", "", "no script may have that"},
		{DestinationScript, "Text/CSV; charset=utf-8", "", "no script may have that"},
		{DestinationStyle, "text/css;charset=utf-8", "nosniff", ""},
		{DestinationStyle, "text/plain", "nosniff", "a style sheet needs text/css then"},
		{DestinationImage, "text/html", "nosniff", ""},
		{"", "text/html", "nosniff", ""},
	} {
		r := &Response{Headers: HeaderList{{"Content-Type", c.mime}}}
		if c.sniff != "" {
			r.Headers.Append("X-Content-Type-Options", c.sniff)
		}
		if got := r.BlockedByType(c.destination); c.want == "" && got != "" || !strings.HasSuffix(got, c.want) {
			t.Errorf("%s of type %q with %q: %q, want %q", c.destination, c.mime, c.sniff, got, c.want)
		}
	}
}

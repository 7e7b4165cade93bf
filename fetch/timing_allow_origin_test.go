package fetch

import (
	"net/http"
	"testing"
)

func TestTimingAllowOrigin(t *testing.T) {
	for _, c := range []struct {
		name, url string
		lines     []string
		want      bool
	}{
		{"of the page's own origin no header is needed", "https://app.example.com/x", nil, true},
		{"of another one it is", "https://api.example.com/x", nil, false},
		{"any origin may see it", "https://api.example.com/x", []string{"*"}, true},
		{"this origin may see it", "https://api.example.com/x", []string{"https://app.example.com"}, true},
		{"a list of origins, in two lines", "https://api.example.com/x", []string{"https://a.example, https://b.example", "https://app.example.com"}, true},
		{"another origin may", "https://api.example.com/x", []string{"https://other.example"}, false},
		{"origins are compared to the letter", "https://api.example.com/x", []string{"https://app.example.com/"}, false},
		{"a redirect that says nothing hides all behind it", "https://api.example.com/redirect", []string{"*"}, false},
		{"a redirect that says so hides nothing", "https://api.example.com/redirect?told", []string{"*"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h := w.Header()
				h.Set("Access-Control-Allow-Origin", "*")
				if r.URL.Path == "/redirect" {
					if r.URL.RawQuery == "told" {
						h.Set("Timing-Allow-Origin", "*")
					}
					http.Redirect(w, r, "/x", http.StatusFound)
					return
				}
				h["Timing-Allow-Origin"] = c.lines
			})
			agent, err := NewAgent(AgentConfig{Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: "https://app.example.com/"})
			if err != nil {
				t.Fatal(err)
			}
			response, err := page.Fetch(t.Context(), Request{URL: c.url})
			if err != nil {
				t.Fatal(err)
			}
			response.Close()
			if response.IsError() || response.TimingAllowed != c.want {
				t.Errorf("got %v (%s), want %v", response.TimingAllowed, response.Reason.Code, c.want)
			}
		})
	}
}

package fetch

import "testing"

func TestOriginsOfPages(t *testing.T) {
	for _, c := range []struct{ name, url, want string }{
		{"a page of the web", "https://app.example.com/cart", "https://app.example.com"},
		{"an app in a WebView", "capacitor://localhost/index.html", "capacitor://localhost"},
		{"an extension", "chrome-extension://aebcd/popup.html", "chrome-extension://aebcd"},
		{"an app of Electron, with a port", "app://local:8080/", "app://local:8080"},
		{"a file has none", "file:///home/ada/index.html", "null"},
		{"nor has a file that names this machine", "file://localhost/home/ada/index.html", "null"},
		{"nor what is no host", "app://./index.html", "null"},
		{"nor a page of data", "data:text/html,x", "null"},
		{"nor a page without a name", "null", "null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			agent, err := NewAgent(AgentConfig{})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(PageConfig{URL: c.url})
			if err != nil {
				t.Fatal(err)
			}
			if got := page.Origin().String(); got != c.want {
				t.Errorf("the origin is %s, want %s", got, c.want)
			}
		})
	}
}

package fetch

import (
	"slices"
	"strings"
	"testing"
)

func TestURLCredentials(t *testing.T) {
	const right = "Basic dTpwIHc=" // u:p w
	var sent []string
	newPage := func() *Page {
		sent = nil
		return newScriptedPage(t, app, func(m *Message) *Answer {
			value, _ := m.Headers.Get("Authorization")
			sent = append(sent, value)
			if value != right {
				return parseAnswer("401|" + allow + "|" + creds + `|WWW-Authenticate: Basic realm="x"`)
			}
			return parseAnswer("200|" + allow + "|" + creds)
		})
	}
	fetch := func(p *Page, url string, edit func(*Request)) int {
		q := Request{URL: url, URLCredentials: true}
		if edit != nil {
			edit(&q)
		}
		response, err := p.Fetch(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		response.Close()
		return response.Status
	}
	secret := strings.Replace(app, "https://", "https://u:p%20w@", 1)
	for _, c := range []struct {
		name   string
		url    string
		edit   func(*Request)
		status int
		sent   []string
	}{
		{"a 401 is answered with the URL's name and password", secret, nil, 200, []string{"", right}},
		{"a wrong password is tried once", strings.Replace(secret, "p%20w", "x", 1), nil, 401, []string{"", "Basic dTp4"}},
		{"without a name there is nothing to try", app, nil, 401, []string{""}},
		{"without credentials nothing is tried", secret, func(q *Request) { q.Credentials = CredentialsOmit }, 401, []string{""}},
		{"JavaScript's own header is left alone", secret, func(q *Request) { q.Headers = HeaderList{{"Authorization", "mine"}} }, 401, []string{"mine"}},
		{"another origin is never told, although credentials are included", strings.Replace(secret, "app.", "api.", 1),
			func(q *Request) { q.Credentials = CredentialsInclude }, 401, []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status := fetch(newPage(), c.url, c.edit); status != c.status || !slices.Equal(sent, c.sent) {
				t.Errorf("status %d, sent %q; want %d, %q", status, sent, c.status, c.sent)
			}
		})
	}
	t.Run("what a server took is sent to its origin from then on", func(t *testing.T) {
		page := newPage()
		fetch(page, secret, nil)
		sent = nil
		if status := fetch(page, app+"/other", func(q *Request) { q.URLCredentials = false }); status != 200 || !slices.Equal(sent, []string{right}) {
			t.Errorf("status %d, sent %q", status, sent)
		}
	})
	t.Run("a stream cannot be sent a second time", func(t *testing.T) {
		page := newPage()
		response, err := page.Fetch(t.Context(), Request{Method: "POST", URL: secret, URLCredentials: true, Body: StreamBody(strings.NewReader("x"))})
		if err != nil || response.Reason.Code != ReasonRedirectStream || response.Reason.Step != "15.2.1" {
			t.Errorf("got %+v, %v", response.Reason, err)
		}
	})
}

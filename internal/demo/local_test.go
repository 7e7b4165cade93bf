package demo_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/internal/demo"
)

func serveLocal(t *testing.T) *demo.Local {
	t.Helper()
	l, err := demo.ServeLocal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// plain is a client that leaves no connections behind.
func plain(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func TestLocalServersAnswerAtTheirAddresses(t *testing.T) {
	l := serveLocal(t)
	c := plain(t)
	for _, server := range l.Servers() {
		if response, _ := do(t, c, "GET", server.URL, ""); response.StatusCode != 200 && response.StatusCode != 404 {
			t.Errorf("%s (%s): status %d", server.URL, server.What, response.StatusCode)
		}
	}
	if got := len(l.Requests(0)); got != len(l.Servers()) {
		t.Errorf("%d requests on record, want %d", got, len(l.Servers()))
	}
}

func TestLocalServersListenWhereverLocalhostLeads(t *testing.T) {
	l := serveLocal(t)
	page, err := url.Parse(l.Servers()[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	addresses := []string{"127.0.0.1"}
	if probe, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		probe.Close()
		addresses = append(addresses, "::1")
	}
	for _, address := range addresses {
		conn, err := net.Dial("tcp", net.JoinHostPort(address, page.Port()))
		if err != nil {
			t.Error(err)
			continue
		}
		conn.Close()
	}
}

func TestASecondLocalWorldFindsPortsOfItsOwn(t *testing.T) {
	one, two := serveLocal(t), serveLocal(t)
	for i, server := range one.Servers() {
		if other := two.Servers()[i]; other.URL == server.URL {
			t.Errorf("both are at %s", other.URL)
		}
	}
	do(t, plain(t), "GET", two.Servers()[0].URL, "")
	if len(one.Requests(0)) != 0 || len(two.Requests(0)) != 1 {
		t.Error("the request reached the wrong world")
	}
}

func TestLocalServersEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	l, err := demo.ServeLocal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSuffix(strings.TrimPrefix(l.Servers()[0].URL, "http://"), "/")
	cancel()
	l.Close()
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("somebody still listens")
	}
}

func TestLocalAnswersNameTheLocalOrigins(t *testing.T) {
	l := serveLocal(t)
	servers := l.Servers()
	app := strings.TrimSuffix(servers[0].URL, "/")
	response, _ := do(t, plain(t), "GET", servers[1].URL+"v2/news", "", "Origin", app)
	if got := response.Header.Get("Access-Control-Allow-Origin"); got != app {
		t.Errorf("the API allows %q, want %q", got, app)
	}
	response, body := do(t, plain(t), "GET", servers[2].URL+"balance", "", "Cookie", "session=alice-1")
	if response.StatusCode != 200 || !strings.Contains(body, "4213.70") {
		t.Errorf("Alice is not logged in: %d %s", response.StatusCode, body)
	}
	response, _ = do(t, plain(t), "POST", servers[2].URL+"login", "user=alice&password=rabbit-hole", "Content-Type", "application/x-www-form-urlencoded")
	if got := response.Header.Get("Set-Cookie"); strings.Contains(got, "Secure") {
		t.Errorf("the cookie is %q: over plain http no browser keeps a Secure cookie", got)
	}
	for _, try := range l.Tries() {
		if text := try.URL + try.Explain + try.Curl; strings.Contains(text, "{") && !strings.Contains(text, `{"`) || strings.Contains(text, ".example") {
			t.Errorf("%s: an address that does not exist here: %s", try.Title, text)
		}
	}
}

func TestCommandLinesAskForWhatTheSceneAsks(t *testing.T) {
	l := serveLocal(t)
	servers := l.Servers()
	app, api := strings.TrimSuffix(servers[0].URL, "/"), strings.TrimSuffix(servers[1].URL, "/")
	bank, evil := strings.TrimSuffix(servers[2].URL, "/"), strings.TrimSuffix(servers[3].URL, "/")
	want := map[string][2]string{
		api + "/news": {
			"corscope explain " + api + "/news --from " + app,
			"curl -i " + api + "/news",
		},
		api + "/v2/users/7": {
			"corscope explain " + api + "/v2/users/7 --from " + app + " -X DELETE -H 'Authorization: Bearer demo-token' --send",
			"curl -i -X DELETE -H 'Authorization: Bearer demo-token' " + api + "/v2/users/7",
		},
		bank + "/mobile/balance": {
			"corscope explain " + bank + "/mobile/balance --from " + evil + " --credentials include --cookie session=alice-1",
			"curl -i -b session=alice-1 " + bank + "/mobile/balance",
		},
		bank + "/login": {
			"corscope explain " + bank + "/login --from " + bank + " -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d 'user=alice&password=rabbit-hole' --send",
			"curl -i -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d 'user=alice&password=rabbit-hole' " + bank + "/login",
		},
	}
	scenes := make(map[int]bool)
	for _, try := range l.Tries() {
		scenes[try.Scene] = true
		if deletes := strings.Contains(try.Curl, "-X DELETE"); try.Scene > 0 && deletes != (try.CurlNote != "") {
			t.Errorf("%s: the note on curl is %q", try.Title, try.CurlNote)
		}
		if lines, ok := want[try.URL]; ok && try.Scene > 0 {
			if try.Explain != lines[0] || try.Curl != lines[1] {
				t.Errorf("%s:\n%s\n%s\nwant:\n%s\n%s", try.Title, try.Explain, try.Curl, lines[0], lines[1])
			}
			delete(want, try.URL)
		}
	}
	for address := range want {
		t.Errorf("nothing to try at %s", address)
	}
	for n := range 7 {
		if !scenes[n] {
			t.Errorf("nothing to try for scene %d (0: the faults)", n)
		}
	}
}

func TestCommandLinesAreReadByAShellAsTheyWereMeant(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Log("no shell on this machine: nothing to ask")
		return
	}
	l := serveLocal(t)
	for _, try := range l.Tries() {
		if try.Curl == "" {
			if strings.HasPrefix(try.URL, "http") {
				t.Errorf("no curl for %s", try.URL)
			}
			continue
		}
		line := strings.Replace(try.Curl, "curl ", `printf '%s\n' `, 1)
		out, err := exec.CommandContext(t.Context(), shell, "-c", line).Output()
		if err != nil {
			t.Fatalf("%s: %v", try.Curl, err)
		}
		words := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		if words[0] != "-i" || !slices.Contains(words, try.URL) {
			t.Errorf("%s is read as %q", try.Curl, words)
		}
	}
}

package fetch

import (
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestACAFileIsTrustedBesideTheOthers(t *testing.T) {
	first, second := newTestAuthority(t, "First CA"), newTestAuthority(t, "Second CA")
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := "# what follows is ours\n" + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: second.certificate.Raw}))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	roots := first.pool()
	before := roots.Clone()
	for _, ca := range []*testAuthority{first, second} {
		server := netTLSServer(t, ca.issue(t, nil, "127.0.0.1"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
		if _, body := netGet(t, newNet(t, NetConfig{RootCAs: roots, CAFile: file}), server.URL); body != "hello" {
			t.Errorf("%s: %q", ca.certificate.Subject, body)
		}
	}
	if !roots.Equal(before) {
		t.Error("the caller's pool was changed")
	}
}

func TestConfigurationsThatCannotBeUsed(t *testing.T) {
	ca := newTestAuthority(t, "Test CA")
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}))
	broken := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}))
	dir := t.TempDir()
	file := func(text string) NetConfig {
		f, err := os.CreateTemp(dir, "ca")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		io.WriteString(f, text)
		return NetConfig{CAFile: f.Name()}
	}
	huge := func() NetConfig {
		c := file("")
		if err := os.Truncate(c.CAFile, maxCAFile+1); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for name, c := range map[string]struct {
		config  NetConfig
		code    NetConfigCode
		problem string
		hint    string
	}{
		"a CA file that is not there":       {NetConfig{CAFile: filepath.Join(dir, "nowhere.pem")}, NetConfigCAUnreadable, "cannot be read: no such file", "check the path"},
		"a directory for a CA file":         {NetConfig{CAFile: dir}, NetConfigCAUnreadable, "it is a directory", "check the path"},
		"a CA file without end":             {huge(), NetConfigCAUnreadable, "larger than 16777216 bytes", "check the path"},
		"an empty CA file":                  {file("\n"), NetConfigCAInvalid, "is empty", "PEM"},
		"a CA file of no certificates":      {file("hello"), NetConfigCAInvalid, "holds no certificate", "BEGIN CERTIFICATE"},
		"a CA file in DER form":             {file(string(ca.certificate.Raw)), NetConfigCAInvalid, "DER form", "openssl x509 -inform der"},
		"a private key for a CA file":       {file(key), NetConfigCAInvalid, "holds a PRIVATE KEY and no certificate", "BEGIN CERTIFICATE"},
		"a broken certificate in a CA file": {file(broken), NetConfigCAInvalid, "broken certificate, number 1", "again"},
		"a negative limit of headers":       {NetConfig{MaxHeaderBytes: -1}, NetConfigLimit, "is negative", "262144"},
		"the zero resolve rule":             {NetConfig{Resolve: []ResolveRule{{}}}, NetConfigResolve, "has no host", "ParseResolveRule"},
		"a resolve rule without address":    {NetConfig{Resolve: []ResolveRule{{Host: "a.example"}}}, NetConfigResolve, "has no address", "ParseResolveRule"},
		"a resolve rule with a zero address": {NetConfig{Resolve: []ResolveRule{{Host: "a.example", Addrs: make([]netip.AddrPort, 1)}}}, NetConfigResolve,
			"has an empty address", "ParseResolveRule"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewNetTransport(c.config)
			var fault *NetConfigError
			if !errors.As(err, &fault) {
				t.Fatalf("got %v", err)
			}
			if fault.Code != c.code || !strings.Contains(fault.Problem, c.problem) || !strings.Contains(fault.Hint, c.hint) {
				t.Errorf("got %s: %v", fault.Code, fault)
			}
			if c.config.CAFile != "" && fault.Value != c.config.CAFile {
				t.Errorf("the file is %s, the error says %s", c.config.CAFile, fault.Value)
			}
		})
	}
	t.Run("every mistake is told", func(t *testing.T) {
		_, err := NewNetTransport(NetConfig{CAFile: dir, MaxHeaderBytes: -1, Resolve: []ResolveRule{{}, {Host: "b"}}})
		for _, part := range []string{"CAFile", "MaxHeaderBytes", "Resolve[0]", "Resolve[1]"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s is not in %v", part, err)
			}
		}
	})
}

func TestProxyVariablesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct{ value, told string }{
		"a scheme of no proxy":  {"ftp://user:geheim@proxy.example:21", "ftp://user:xxxxx@proxy.example:21"},
		"no host":               {"http://", "http:"},
		"a text that is no URL": {"http://user:gehe%im@proxy example", "..."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HTTPS_PROXY", c.value)
			_, err := NewNetTransport(NetConfig{})
			var fault *NetConfigError
			if !errors.As(err, &fault) || fault.Code != NetConfigProxy || fault.Field != "HTTPS_PROXY" || fault.Value != c.told {
				t.Fatalf("got %v", err)
			}
		})
	}
	for _, good := range []string{"proxy.example:3128", "http://proxy.example:3128", "socks5h://[::1]:1080", "proxy.example"} {
		t.Setenv("HTTPS_PROXY", good)
		if _, err := NewNetTransport(NetConfig{}); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

package fetch

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// The transport beside the client that it is measured against, over the same loopback server: the figures count only as a ratio.
func BenchmarkLoopbackExchange(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"hello":"world"}`))
	}))
	defer server.Close()
	b.Run("of http.Client", func(b *testing.B) {
		b.ReportAllocs()
		client := server.Client()
		for b.Loop() {
			req, err := http.NewRequestWithContext(b.Context(), "GET", server.URL+"/users/7", nil)
			if err != nil {
				b.Fatal(err)
			}
			req.Header.Set("Origin", "https://app.example.com")
			req.Header.Set("User-Agent", "x")
			res, err := client.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	})
	b.Run("of NetTransport", func(b *testing.B) {
		b.ReportAllocs()
		transport, err := NewNetTransport(NetConfig{})
		if err != nil {
			b.Fatal(err)
		}
		defer transport.CloseIdleConnections()
		for b.Loop() {
			u, err := ParseURL(server.URL + "/users/7")
			if err != nil {
				b.Fatal(err)
			}
			exchangeAll(b, transport, &Message{Method: "GET", URL: u, Headers: HeaderList{{"Origin", "https://app.example.com"}, {"User-Agent", "x"}}})
		}
	})
}

func BenchmarkHandlerExchange(b *testing.B) {
	b.ReportAllocs()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"hello":"world"}`))
	})
	transport := &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}
	u, err := ParseURL("https://api.example.com/users/7")
	if err != nil {
		b.Fatal(err)
	}
	m := &Message{Method: "GET", URL: u, Headers: HeaderList{{"Origin", "https://app.example.com"}, {"User-Agent", "x"}}}
	for b.Loop() {
		exchangeAll(b, transport, m)
	}
}

func exchangeAll(b *testing.B, transport Transport, m *Message) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	answer, err := transport.Exchange(ctx, m)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		b.Fatal(err)
	}
	answer.Body.Close()
}

package fetch

import "testing"

var simpleHeaders = HeaderList{{"Content-Type", "application/json"}, {"Access-Control-Allow-Origin", "https://app.example.com"}, {"Vary", "Origin"}}

// BenchmarkSimple is one cross-origin GET without a preflight, URL parsing included, without a network.
func BenchmarkSimple(b *testing.B) {
	page := newScriptedPage(b, "https://app.example.com/", func(*Message) *Answer { return &Answer{Status: 200, Headers: simpleHeaders} })
	for _, mode := range []struct {
		name  string
		trace *Trace
	}{{"untraced", nil}, {"traced", new(Trace)}} {
		b.Run(mode.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				response, err := page.Fetch(b.Context(), Request{URL: "https://api.example.com/users/7?full=1", Trace: mode.trace})
				if err != nil || response.Status != 200 {
					b.Fatal(response, err)
				}
				response.Close()
			}
		})
	}
}

var preflightedHeaders = HeaderList{
	{"Access-Control-Allow-Origin", "https://app.example.com"}, {"Access-Control-Allow-Credentials", "true"},
	{"Access-Control-Allow-Methods", "GET, POST, DELETE"}, {"Access-Control-Allow-Headers", "authorization, content-type"},
	{"Access-Control-Max-Age", "0"},
}

// BenchmarkPreflighted is one DELETE with credentials and a header, asked for first each time, without a network.
func BenchmarkPreflighted(b *testing.B) {
	page := newScriptedPage(b, "https://app.example.com/", func(*Message) *Answer { return &Answer{Status: 200, Headers: preflightedHeaders} })
	for _, mode := range []struct {
		name  string
		trace *Trace
	}{{"untraced", nil}, {"traced", new(Trace)}} {
		b.Run(mode.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				response, err := page.Fetch(b.Context(), Request{
					Method: "DELETE", URL: "https://api.example.com/users/7", Headers: HeaderList{{"Authorization", "Bearer x"}},
					Credentials: CredentialsInclude, Trace: mode.trace,
				})
				if err != nil || response.Status != 200 {
					b.Fatal(response, err)
				}
				response.Close()
			}
		})
	}
}

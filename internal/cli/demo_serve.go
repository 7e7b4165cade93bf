package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/term"
)

// serveDemo keeps the servers open until ctx is done. That is how it is meant to end,
// so it is no error.
func (r *run) serveDemo(ctx context.Context, o renderOptions, asJSON bool) error {
	local, err := demo.ServeLocal(ctx)
	if err != nil {
		return err
	}
	defer local.Close()
	if asJSON {
		err = r.writeJSON(serversDocumentOf(local))
	} else {
		_, err = fmt.Fprint(r.env.Stdout, renderServers(local, o))
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(r.env.Stderr, "The servers are open. Ctrl-C closes them.")
	<-ctx.Done()
	return nil
}

// serversDocument is the JSON output of demo --serve.
type serversDocument struct {
	Version int              `json:"version"`
	Servers []serverDocument `json:"servers"`
	Tries   []tryDocument    `json:"tries"`
}

type serverDocument struct {
	URL  string `json:"url"`
	What string `json:"what"`
}

type tryDocument struct {
	// Scene is 0 for what is in no scene; Kind is empty for a scene's.
	Scene   int    `json:"scene,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	Explain string `json:"explain"`
	Curl    string `json:"curl"`
	// CurlNote says what curl does that a browser would not.
	CurlNote string `json:"curlNote,omitempty"`
}

func serversDocumentOf(local *demo.Local) serversDocument {
	d := serversDocument{Version: jsonVersion}
	for _, s := range local.Servers() {
		d.Servers = append(d.Servers, serverDocument(s))
	}
	for _, t := range local.Tries() {
		d.Tries = append(d.Tries, tryDocument{t.Scene, string(t.Kind), t.Title, t.URL, t.Explain, t.Curl, t.CurlNote})
	}
	return d
}

// renderServers lists the addresses, and what to type for each scene. The many faults
// are one line each.
func renderServers(local *demo.Local, o renderOptions) string {
	var b strings.Builder
	b.WriteString(o.Style.Strong("Servers") + "\n")
	for _, s := range local.Servers() {
		fmt.Fprintf(&b, "  %s  %s\n", term.Pad(s.URL, 24), s.What)
	}
	titles := make(map[int]string)
	for _, scene := range demo.Scenes() {
		titles[scene.Number] = scene.Title
	}
	last := 0
	var faults []demo.Try
	for _, try := range local.Tries() {
		if try.Scene == 0 {
			faults = append(faults, try)
			continue
		}
		if try.Scene != last {
			last = try.Scene
			fmt.Fprintf(&b, "\n%s\n", o.Style.Strong(fmt.Sprintf("Scene %d  %s", try.Scene, titles[try.Scene])))
		}
		fmt.Fprintf(&b, "  %s\n", o.Style.Faint(try.Title))
		fmt.Fprintf(&b, "    %s\n    %s", try.Explain, try.Curl)
		if try.CurlNote != "" {
			b.WriteString("  " + o.Style.Faint("# "+try.CurlNote))
		}
		b.WriteString("\n")
	}
	if !o.Verbose {
		fmt.Fprintf(&b, "\n%d more answers, most of them wrong in one way each: corscope demo --serve -v lists them.\n", len(faults))
		return b.String()
	}
	kind := demo.Kind("")
	for _, try := range faults {
		if try.Kind != kind {
			kind = try.Kind
			fmt.Fprintf(&b, "\n%s\n", o.Style.Strong(kind.Title()))
		}
		fmt.Fprintf(&b, "  %s\n    %s\n", o.Style.Faint(try.Title), try.Explain)
	}
	return b.String()
}

package webui

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// Gallery is what can be looked at without a server of one's own: the demo's story, and one item for everything that goes wrong.
type Gallery struct {
	Version int            `json:"version"`
	Scenes  []GalleryScene `json:"scenes"`
	Causes  []GalleryCause `json:"causes"`
}

// GalleryScene is a scene of the story.
type GalleryScene struct {
	Number int           `json:"number"`
	Title  string        `json:"title"`
	Story  string        `json:"story"`
	Moral  string        `json:"moral"`
	Steps  []GalleryStep `json:"steps"`
}

// GalleryStep is a step of a scene. One that curl makes has no case: no rule of the browser's applies to it.
type GalleryStep struct {
	ID   string `json:"id"`
	Lead string `json:"lead"`
	Case *Case  `json:"case,omitempty"`
	Curl string `json:"curl,omitempty"`
}

// GalleryCause is one thing that goes wrong, or right.
type GalleryCause struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Title string `json:"title"`
	// Cause and Group are of the catalogue; empty where nothing is wrong.
	Cause string `json:"cause,omitempty"`
	Group string `json:"group,omitempty"`
	Case  Case   `json:"case"`
	// Compare says whether the reader's browser can try the same on this machine.
	Compare bool `json:"compare"`
}

// causesJSON says which cause of the catalogue each fault of the demo turns out to be; a test holds it to be true.
//
//go:embed causes.json
var causesJSON []byte

// exhibit is an item of the gallery with what only the lab needs to know of it.
type exhibit struct {
	item         Case
	needsTimeout bool
	cutsHeader   bool // the connection ends within the header, which is a fault over TLS alone
	lax          bool // the browser takes a cookie that does not say to be SameSite=Lax
	story        bool // the servers have a memory, so that each run needs its own
	kind         demo.Kind
	browser      string // whose rule it is about; empty: a standard's
}

// collection is the gallery, but for what can be compared, and where to find its items. It is made once.
var collection = sync.OnceValues(func() (*Gallery, map[string]exhibit) {
	causes := make(map[string]string)
	if err := json.Unmarshal(causesJSON, &causes); err != nil {
		panic("webui: causes.json: " + err.Error())
	}
	g, items := &Gallery{Version: apiVersion, Scenes: []GalleryScene{}, Causes: []GalleryCause{}}, make(map[string]exhibit)
	for _, scene := range demo.Scenes() {
		s := GalleryScene{Number: scene.Number, Title: scene.Title, Story: scene.Story, Moral: scene.Moral}
		var held []demo.Cookie
		for i, step := range scene.Steps {
			id := fmt.Sprintf("scene-%d-%d", scene.Number, i+1)
			entry := GalleryStep{ID: id, Lead: step.Lead}
			if step.As == demo.Curl {
				entry.Curl = "curl -i " + step.URL
				s.Steps = append(s.Steps, entry)
				continue
			}
			held = append(held, step.Cookies...)
			c := caseOf(id, step.Call)
			if step.Credentials == "include" {
				c.Cookies = cookiesFor(step.URL, held)
			}
			entry.Case = &c
			s.Steps = append(s.Steps, entry)
			items[id] = exhibit{item: c, lax: step.SameSite == demo.SameSiteLax, story: true}
		}
		g.Scenes = append(g.Scenes, s)
	}
	for _, fault := range demo.Faults() {
		c := caseOf(fault.ID, fault.Call)
		entry := GalleryCause{ID: fault.ID, Kind: string(fault.Kind), Title: fault.Title, Cause: causes[fault.ID], Case: c}
		if cause, ok := diagnose.CauseByID(entry.Cause); ok && entry.Cause != "" {
			entry.Group = string(cause.Group)
		}
		items[fault.ID] = exhibit{item: c, needsTimeout: fault.NeedsTimeout, cutsHeader: fault.CutsHeader, kind: fault.Kind, browser: fault.Browser}
		g.Causes = append(g.Causes, entry)
	}
	return g, items
})

// gallery is the collection as the page gets it.
var gallery = sync.OnceValue(func() *Gallery {
	g, _ := collection()
	for i := range g.Causes {
		_, cannot := planStage(g.Causes[i].Case, fetch.Profile{})
		g.Causes[i].Compare = cannot == ""
	}
	return g
})

func caseOf(id string, call demo.Call) Case {
	c := Case{
		Page: call.Page, URL: call.URL, Method: call.Method, Credentials: call.Credentials, Mode: call.Mode, Redirect: call.Redirect,
		Cache: call.Cache, Keepalive: call.Keepalive, UploadListener: call.UploadListener, Stream: call.Stream, Demo: id,
		Integrity: call.Integrity, TargetAddressSpace: call.TargetAddressSpace, Import: call.Import, PageSpace: call.PageSpace,
	}
	for _, f := range call.PageHeader {
		c.PageHeaders = append(c.PageHeaders, Header{f.Name, f.Value})
	}
	if call.Page != "null" {
		c.Page = strings.TrimSuffix(call.Page, "/")
	}
	for _, f := range call.Header {
		c.Headers = append(c.Headers, Header{f.Name, f.Value})
	}
	if call.Body != "" {
		c.Body = &call.Body
	}
	return c
}

// cookiesFor are the cookies of the story that the browser holds for a URL. At the bank Alice is logged in.
func cookiesFor(target string, held []demo.Cookie) []string {
	var lines []string
	u, err := fetch.ParseURL(target)
	if err != nil {
		return nil
	}
	for _, c := range held {
		if at, err := fetch.ParseURL(c.URL); err == nil && at.Host() == u.Host() {
			lines = append(lines, c.Set)
		}
	}
	if len(lines) == 0 && u.Host() == bankHost {
		lines = append(lines, "session=alice-1; Path=/; HttpOnly; Secure")
	}
	return lines
}

const bankHost = "bank.example"

// logIn opens the session that the cookies of the gallery name.
func logIn(ctx context.Context, bank http.Handler) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+bankHost+"/login", strings.NewReader("user=alice&password=rabbit-hole"))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	bank.ServeHTTP(unread{http.Header{}}, r)
	return nil
}

// unread is an answer that nobody reads.
type unread struct{ header http.Header }

func (u unread) Header() http.Header         { return u.header }
func (u unread) Write(b []byte) (int, error) { return len(b), nil }
func (u unread) WriteHeader(int)             {}

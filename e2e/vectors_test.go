package e2e

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
	"github.com/corscope/corscope/e2e/differ"
	"github.com/corscope/corscope/fetch"
)

var updateFlag = flag.Bool("update", false, "write what the browsers do and the standard says into testdata/browsers")

// vectorFile is one file of testdata/browsers: cases in which a browser departs from the standard. standard.json has those in which
// every browser follows it and the engine once did not.
type vectorFile struct {
	Profile  string    `json:"profile"`
	Measured string    `json:"measured"` // product, version and date
	Vectors  []*vector `json:"vectors"`
}

type vector struct {
	Name string `json:"name"`
	// Field of fetch.Profile that carries the departure.
	Field string `json:"field,omitempty"`
	// Standard and Browser say in words what WantStandard and Want say in full.
	Standard     string         `json:"standard"`
	Browser      string         `json:"browser,omitempty"`
	Case         differ.Case    `json:"case"`
	Want         *differ.Result `json:"want"`
	WantStandard *differ.Result `json:"wantStandard,omitempty"`
}

func vectorPath(profile string) string {
	return filepath.Join("..", "testdata", "browsers", profile+".json")
}

func readVectors(t *testing.T, profile string) *vectorFile {
	t.Helper()
	text, err := os.ReadFile(vectorPath(profile))
	if err != nil {
		t.Fatal(err)
	}
	f := new(vectorFile)
	if err := json.Unmarshal(text, f); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *vectorFile) write(t *testing.T) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorPath(f.Profile), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

var standard = fetch.Profile{}

// TestVectorsWithoutABrowser holds the engine to what the browsers were seen to do, and to the standard.
func TestVectorsWithoutABrowser(t *testing.T) {
	for name, profile := range map[string]fetch.Profile{"standard": standard, "chromium": fetch.Chromium(), "firefox": fetch.Firefox(), "webkit": fetch.WebKitGTK()} {
		f := readVectors(t, name)
		if len(f.Vectors) == 0 {
			t.Errorf("%s has no vectors", vectorPath(name))
		}
		w := startWorld(t)
		browserLab, standardLab := newLab(t, w, nil, profile), newLab(t, w, nil, standard)
		for _, v := range f.Vectors {
			t.Run(name+"/"+v.Name, func(t *testing.T) {
				got := inEngine(t, browserLab, v.Case)
				if !differ.Equal(*v.Want, got) {
					t.Errorf("profile %s, carried by %s:\n%s", name, v.Field, differ.Diff(*v.Want, got))
				}
				if v.WantStandard == nil {
					return
				}
				plain := inEngine(t, standardLab, v.Case)
				if !differ.Equal(*v.WantStandard, plain) {
					t.Errorf("the standard says: %s\n%s", v.Standard, differ.Diff(*v.WantStandard, plain))
				}
				if differ.Equal(*v.Want, plain) {
					t.Error("the standard and the browser agree here, so that the vector shows nothing")
				}
			})
		}
	}
}

func inEngine(t *testing.T, l *differ.Lab, c differ.Case) differ.Result {
	t.Helper()
	results, err := l.InEngine(t.Context(), []differ.Case{c})
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// vectors holds the browser of today to what it was seen to do, so that a new version's changes are noticed as such.
func (p product) vectors(t *testing.T, lab *differ.Lab, b browser.Browser) {
	for _, name := range []string{p.profile.Name, "standard"} {
		f := readVectors(t, name)
		plain := newLab(t, lab.World, nil, standard)
		for _, v := range f.Vectors {
			results, err := lab.InBrowser(t.Context(), []differ.Case{v.Case})
			if err != nil {
				t.Fatal(err)
			}
			if *updateFlag {
				got := inEngine(t, plain, v.Case).Comparable()
				seen := results[0].Comparable()
				if v.Want, v.WantStandard = &seen, &got; name == "standard" {
					v.WantStandard = nil
				}
				continue
			}
			if !differ.Equal(*v.Want, results[0]) {
				t.Errorf("%s no longer does what it was seen to do in %q (%s):\n%s", b.Version(), v.Name, f.Measured, strings.ReplaceAll(differ.Diff(results[0], *v.Want), "engine ", "vector "))
			}
		}
		if *updateFlag {
			if name != "standard" { // which tells of all browsers
				f.Measured = b.Version() + ", " + time.Now().Format(time.DateOnly)
			}
			f.write(t)
		}
	}
}

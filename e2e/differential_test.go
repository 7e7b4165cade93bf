package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/e2e/browser"
	"github.com/corscope/corscope/e2e/differ"
	"github.com/corscope/corscope/e2e/world"
	"github.com/corscope/corscope/fetch"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "seed of the cases; 0: CORSCOPE_SEED, or a fresh one")
	casesFlag = flag.Int("cases", 0, "number of cases; 0: each browser's own")
	onlyFlag  = flag.Int("only", -1, "run the case with this number alone")
	caseFlag  = flag.String("case", "", "run this case, as JSON, alone")
	cacheFlag = flag.Bool("httpcache", false, "draw nothing but cases whose answers the HTTP cache may store")
	showFlag  = flag.Int("show", 8, "how many disagreements are made small and shown")
)

// TestMain lets more tests run at once than there are processors. Those that may mostly wait for browsers, for times to pass, and for lines
// of a console that should not come.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0)))
	}
	status := m.Run()
	for _, end := range ends {
		end()
	}
	os.Exit(status)
}

// product is a browser and the profile that must follow it.
type product struct {
	name    string
	start   func(context.Context, browser.Options) (browser.Browser, error)
	profile fetch.Profile
	cases   int
	scope   differ.Scope
}

var pages = []string{"http://app.test/?page=1", "http://app.test/?page=1", "https://app.test/?page=1"}

var chromium = product{"Chromium", startChromium, fetch.Chromium(), 1000, differ.Scope{Pages: pages}}
var firefox = product{"Firefox", browser.StartFirefox, fetch.Firefox(), 300, differ.Scope{Pages: pages, NoStreams: true, NoNotModified: true}}
var webkit = product{"WebKit", browser.StartWebKit, fetch.WebKitGTK(), 300, differ.Scope{Pages: pages, ASCIIHeaders: true, NoResetContent: true, NoEmptyBlobs: true, NoHTTPCache: true, NoNoCORSFrames: true, NoHTTP2: true, NoStreams: true}}

func startChromium(ctx context.Context, o browser.Options) (browser.Browser, error) {
	return browser.StartChromium(ctx, o)
}

// These are not parallel: what is compared depends on time, and where a machine is busy more of it has to be run twice.
func TestChromium(t *testing.T) { chromium.test(t) }
func TestFirefox(t *testing.T)  { firefox.test(t) }
func TestWebKit(t *testing.T)   { webkit.test(t) }

func startWorld(t *testing.T) *world.World {
	t.Helper()
	w, err := world.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func newLab(t *testing.T, w *world.World, b browser.Browser, profile fetch.Profile) *differ.Lab {
	t.Helper()
	lab, err := differ.NewLab(w, b, profile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.Close)
	return lab
}

// open starts the browser in a world.
func (p product) open(t *testing.T, w *world.World) browser.Browser {
	t.Helper()
	return p.openAt(t, browser.Options{Hosts: w.Addresses(), SOCKS: w.SOCKS(), TrustSPKI: w.SPKI()})
}

// openAt starts the browser, and installs it first where it is missing and can be had. Where it cannot, the test is skipped, but for
// CI's, which then fails.
func (p product) openAt(t *testing.T, o browser.Options) browser.Browser {
	t.Helper()
	out, installErr := browser.Install("./install.sh", strings.ToLower(p.name))
	b, err := p.tryStart(t, o)
	if missing := new(browser.MissingError); errors.As(err, &missing) {
		if os.Getenv("CI") != "true" {
			t.Skipf("%v, and it cannot be installed: %s", err, out)
		}
		t.Fatalf("./install.sh: %v\n%s", installErr, out)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	t.Log(b.Version())
	return b
}

func (p product) tryStart(t *testing.T, o browser.Options) (browser.Browser, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	return p.start(ctx, o)
}

func (p product) test(t *testing.T) {
	w := startWorld(t)
	b := p.open(t, w)
	lab := newLab(t, w, b, p.profile)
	if *caseFlag == "" && *onlyFlag < 0 {
		p.vectors(t, lab, b)
	}
	seed, numbers, cases := p.generate(t)
	began := time.Now()
	found, err := lab.Compare(t.Context(), cases)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	t.Logf("%s: %d of %d cases agree, seed %d, %.1f s", p.name, len(cases)-len(found), len(cases), seed, time.Since(began).Seconds())
	if !p.scope.NoHTTP2 {
		t.Logf("%d requests came on a connection of HTTP/2 to another host and got 421 there", w.Misdirected())
	}
	flags := fmt.Sprint("-seed ", seed)
	if *cacheFlag {
		flags += " -httpcache"
	}
	shown := map[string]bool{}
	for _, i := range slices.Sorted(maps.Keys(found)) {
		if len(shown) == *showFlag {
			break
		}
		d, err := lab.Shrink(t.Context(), found[i])
		if err != nil {
			t.Fatal(err)
		}
		if shown[d.Case.String()] {
			continue
		}
		shown[d.Case.String()] = true
		again := fmt.Sprintf("go test -run 'Test%s$' %s -only %d .", p.name, flags, numbers[i])
		t.Errorf("%s and the engine differ. Again: %s\n  smallest: %s\n%s", p.name, again, d.Case, differ.Diff(d.Browser, d.Engine))
	}
	if len(found) > 0 {
		t.Errorf("%d cases differ; again: go test -run 'Test%s$' %s -cases %d .", len(found), p.name, flags, len(cases))
	}
}

func (p product) generate(t *testing.T) (seed uint64, numbers []int, cases []differ.Case) {
	if *caseFlag != "" {
		var c differ.Case
		if err := json.Unmarshal([]byte(*caseFlag), &c); err != nil {
			t.Fatal(err)
		}
		return 0, []int{0}, []differ.Case{c}
	}
	seed = *seedFlag
	if seed == 0 {
		// Set by ./test from the commit: each commit meets cases of its own, and a run that failed can be repeated.
		seed, _ = strconv.ParseUint(os.Getenv("CORSCOPE_SEED"), 10, 64)
	}
	if seed == 0 {
		seed = rand.Uint64N(1_000_000_000) + 1
	}
	t.Logf("seed %d", seed)
	scope := p.scope
	scope.HTTPCacheAlone = *cacheFlag
	n := p.cases
	if *casesFlag > 0 {
		n = *casesFlag
	}
	first := 0
	if *onlyFlag >= 0 {
		first, n = *onlyFlag, 1
	}
	for i := first; i < first+n; i++ {
		numbers = append(numbers, i)
		cases = append(cases, differ.Generate(seed, i, scope))
	}
	return seed, numbers, cases
}

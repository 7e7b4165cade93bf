package differ

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corscope/corscope/e2e/browser"
	"github.com/corscope/corscope/e2e/world"
	"github.com/corscope/corscope/fetch"
)

// Lab is a world, a browser in it, and the engine beside it. It is not safe for concurrent use.
type Lab struct {
	World   *world.World
	Browser browser.Browser
	Profile fetch.Profile

	engine *Engine
	page   string // that the browser is at
	played int    // cases in the browser since the cookies were new
	count  int
}

// batch is how many cases go to the browser in one message, and width how many of them are under way at once.
const (
	batch = 250
	width = 6
)

// batchTimeout bounds one batch in the browser.
const batchTimeout = 90 * time.Second

// NewLab returns a lab. Without a browser only the engine can be asked.
func NewLab(w *world.World, b browser.Browser, profile fetch.Profile) (*Lab, error) {
	l := &Lab{World: w, Browser: b, Profile: profile}
	var err error
	if l.engine, err = NewEngine(w, profile); err != nil {
		return nil, err
	}
	return l, nil
}

// maxPlayed is after how many cases the cookies start anew: browsers keep at most 180 for one site, and the cases leave some.
const maxPlayed = 250

// resetCookies opens every origin of the world in the browser, for their cookies.
func (l *Lab) resetCookies(ctx context.Context, cases int) error {
	if l.played += cases; l.page != "" && l.played <= maxPlayed {
		return nil
	}
	l.played = cases
	if err := l.Browser.ClearCookies(ctx); err != nil {
		return err
	}
	for _, url := range cookieURLs() {
		if err := l.Browser.Navigate(ctx, url); err != nil {
			return err
		}
	}
	l.page = "about:blank"
	return nil
}

// Close frees what the lab made itself: neither world nor browser.
func (l *Lab) Close() { l.engine.Close() }

// InBrowser runs cases, all of the same page, in the browser.
func (l *Lab) InBrowser(ctx context.Context, cases []Case) ([]Result, error) {
	return l.play(cases, func(placed []Case) ([][]Outcome, error) {
		if err := l.resetCookies(ctx, len(placed)); err != nil {
			return nil, err
		}
		if page := placed[0].Page; l.page != page {
			if err := l.Browser.Navigate(ctx, page); err != nil {
				return nil, err
			}
			l.page = page
		}
		type job struct {
			Frame *Frame `json:"frame,omitempty"`
			Calls []Call `json:"calls"`
		}
		jobs := make([]job, len(placed))
		for i, c := range placed {
			jobs[i] = job{c.Frame, c.Calls}
		}
		text, err := json.Marshal(jobs)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, batchTimeout)
		defer cancel()
		answer, err := l.Browser.Eval(ctx, fmt.Sprintf("runAll(%s, %d)", escapeScript(text), width))
		if err != nil {
			return nil, err
		}
		var outcomes [][]Outcome
		return outcomes, json.Unmarshal([]byte(answer), &outcomes)
	})
}

// escapeScript makes JSON safe inside of JavaScript source.
func escapeScript(text []byte) string {
	return strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(text))
}

// InEngine runs cases, all of the same page, in the engine.
func (l *Lab) InEngine(ctx context.Context, cases []Case) ([]Result, error) {
	return l.play(cases, func(placed []Case) ([][]Outcome, error) {
		pages := make([]*fetch.Page, len(placed))
		for i, c := range placed {
			var err error
			if pages[i], err = l.engine.page(c); err != nil {
				return nil, err
			}
		}
		if err := l.engine.resetCookies(); err != nil {
			return nil, err
		}
		outcomes := make([][]Outcome, len(placed))
		next := make(chan int)
		var wait sync.WaitGroup
		for range width {
			wait.Go(func() {
				for i := range next {
					outcomes[i] = run(ctx, pages[i], placed[i].Calls)
				}
			})
		}
		for i := range placed {
			next <- i
		}
		close(next)
		wait.Wait()
		return outcomes, nil
	})
}

// play puts cases into folders that were never used before in this lab, hands them to do, and joins outcomes and requests. The
// folders are then named alike for both sides.
func (l *Lab) play(cases []Case, do func([]Case) ([][]Outcome, error)) ([]Result, error) {
	var results []Result
	for len(cases) > 0 {
		now := cases[:min(batch, len(cases))]
		cases = cases[len(now):]
		ids, placed := make([]string, len(now)), make([]Case, len(now))
		for i, c := range now {
			l.count++
			// Always of the same length, because lengths of URLs can decide.
			ids[i] = fmt.Sprintf("case%06d", l.count)
			placed[i] = c.at(ids[i])
			l.World.Play(ids[i], placed[i].Script)
		}
		outcomes, err := do(placed)
		if err != nil {
			return nil, err
		}
		for i, id := range ids {
			r := Result{Outcomes: outcomes[i], Requests: l.World.Seen(id)}
			results = append(results, r.rename(id, "{case}"))
		}
	}
	return results, nil
}

func (r Result) rename(from, to string) Result {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // plain data
	}
	var renamed Result
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), from, to)), &renamed); err != nil {
		panic(err)
	}
	return renamed
}

// Disagreement is a case in which browser and engine differ.
type Disagreement struct {
	Case            Case
	Browser, Engine Result
}

// Compare runs cases on both sides and returns those that differ, by their index. Each of those was run twice: a preflight is
// remembered for 5 s by default, and on a busy machine a case can take longer than that.
func (l *Lab) Compare(ctx context.Context, cases []Case) (map[int]Disagreement, error) {
	found, err := l.compareOnce(ctx, cases)
	if err != nil || len(found) == 0 {
		return found, err
	}
	numbers := slices.Sorted(maps.Keys(found))
	again := make([]Case, len(numbers))
	for i, n := range numbers {
		again[i] = cases[n]
	}
	still, err := l.compareOnce(ctx, again)
	if err != nil {
		return nil, err
	}
	confirmed := map[int]Disagreement{}
	for i, d := range still {
		confirmed[numbers[i]] = d
	}
	return confirmed, nil
}

func (l *Lab) compareOnce(ctx context.Context, cases []Case) (map[int]Disagreement, error) {
	byPage := map[string][]int{}
	var pages []string
	for i, c := range cases {
		if byPage[c.Page] == nil {
			pages = append(pages, c.Page)
		}
		byPage[c.Page] = append(byPage[c.Page], i)
	}
	found := map[int]Disagreement{}
	for _, page := range pages {
		of := make([]Case, len(byPage[page]))
		for i, at := range byPage[page] {
			of[i] = cases[at]
		}
		inBrowser, err := l.InBrowser(ctx, of)
		if err != nil {
			return nil, err
		}
		inEngine, err := l.InEngine(ctx, of)
		if err != nil {
			return nil, err
		}
		for i, at := range byPage[page] {
			if !Equal(inBrowser[i], inEngine[i]) {
				found[at] = Disagreement{of[i], inBrowser[i], inEngine[i]}
			}
		}
	}
	return found, nil
}

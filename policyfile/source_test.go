package policyfile_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/policyfile"
)

const (
	allowsA = "policies: {p: {origins: [https://a.example]}}\n"
	allowsB = "policies: {p: {origins: [https://b.example]}}\n"
	faulty  = "policies: {p: {origins: [https://b.example/]}}\n"
)

// allowed says which of the pages a, b and c may read.
func allowed(s *policyfile.Source) string {
	names := ""
	for _, name := range []string{"a", "b", "c"} {
		d := s.Routes().Decide("", "/", "GET", http.Header{"Origin": {"https://" + name + ".example"}})
		if d.Reason == cors.ReasonAllowed {
			names += name
		}
	}
	return names
}

func open(t *testing.T, text string) (*policyfile.Source, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "cors.yaml")
	write(t, name, text)
	s, err := policyfile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return s, name
}

func TestOpenRefusesAWrongFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cors.yaml")
	if s, err := policyfile.Open(name); s != nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v, %v", s, err)
	}
	write(t, name, faulty)
	var bad *policyfile.Error
	if s, err := policyfile.Open(name); s != nil || !errors.As(err, &bad) || bad.Name != name {
		t.Errorf("a wrong file: %v, %v", s, err)
	}
}

func TestReloadPutsAFileInForceOrLeavesWhatWas(t *testing.T) {
	s, name := open(t, allowsA)
	reload := func(what string, wantChanged, wantError bool, wantAllowed string) {
		t.Helper()
		changed, err := s.Reload()
		if changed != wantChanged || (err != nil) != wantError || allowed(s) != wantAllowed {
			t.Errorf("%s: changed %v, %v, and %q may read; want %v, %q", what, changed, err, allowed(s), wantChanged, wantAllowed)
		}
	}
	if _, err := s.Routes().AddOrigin("p", "https://c.example"); err != nil {
		t.Fatal(err)
	}
	reload("the same content, which keeps what a program added", false, false, "ac")
	write(t, name, faulty)
	reload("a mistake", false, true, "ac")
	reload("the same mistake, for whoever asks again", false, true, "ac")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	reload("no file", false, true, "ac")
	write(t, name, allowsB)
	reload("another policy", true, false, "b")
	if got := s.File().Config.Policies["p"].Origins[0]; got != "https://b.example" {
		t.Errorf("File says %s", got)
	}
}

// TestWatchFollowsTheFile runs on a clock of its own: each step writes the file, lets
// intervals pass and says who may read then, and what was reported.
func TestWatchFollowsTheFile(t *testing.T) {
	type step struct {
		what    string
		text    string // "" removes the file
		ticks   int
		allowed string
		report  string
	}
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"a change counts when two looks find it", []step{{"nothing has changed", allowsA, 3, "a", ""}, {"seen once", allowsB, 1, "a", ""}, {"seen twice", allowsB, 1, "b", "ok"}, {"seen again", allowsB, 3, "b", ""}}},
		{"a file that is being written is left alone", []step{{"half of it", "policies: {p: {origins: []}}\n", 1, "a", ""}, {"the rest", allowsB, 1, "a", ""}, {"it stays", allowsB, 1, "b", "ok"}}},
		{"a mistake is reported once, and what was in force stays", []step{{"a mistake", faulty, 5, "a", "leave out the slash"}, {"repaired", allowsB, 2, "b", "ok"}}},
		{"a mistake that is taken back", []step{{"a mistake", faulty, 2, "a", "leave out the slash"}, {"as it was", allowsA, 2, "a", "ok"}}},
		{"a file that goes is reported once", []step{{"gone for a moment", "", 1, "a", ""}, {"back", allowsA, 3, "a", ""}, {"gone", "", 4, "a", "no such file"}, {"another", allowsB, 2, "b", "ok"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, name := open(t, allowsA)
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var reports []string
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan struct{})
				go func() {
					defer close(done)
					s.Watch(ctx, time.Second, func(f *policyfile.File, err error) {
						mu.Lock()
						defer mu.Unlock()
						switch {
						case err != nil && f == nil:
							reports = append(reports, err.Error())
						case f == s.File():
							reports = append(reports, "ok")
						}
					})
				}()
				time.Sleep(time.Second / 2) // between two looks
				for _, step := range tt.steps {
					mu.Lock()
					reports = nil
					mu.Unlock()
					if step.text == "" {
						if err := os.Remove(name); err != nil {
							t.Fatal(err)
						}
					} else {
						write(t, name, step.text)
					}
					time.Sleep(time.Duration(step.ticks) * time.Second)
					synctest.Wait()
					if got := allowed(s); got != step.allowed {
						t.Errorf("%s: %q may read, want %q", step.what, got, step.allowed)
					}
					if (step.report == "") != (len(reports) == 0) || len(reports) > 1 || len(reports) == 1 && !strings.Contains(reports[0], step.report) {
						t.Errorf("%s: reported %q, want %q", step.what, reports, step.report)
					}
				}
				cancel()
				<-done
			})
		})
	}
}

func TestWatchNeedsNoReport(t *testing.T) {
	s, name := open(t, allowsA)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		write(t, name, allowsB)
		s.Watch(ctx, 0, nil) // the least interval
		if got := allowed(s); got != "b" {
			t.Errorf("%q may read", got)
		}
	})
}

// TestALinkThatIsTurnedIsFollowed does as Kubernetes does with a ConfigMap.
func TestALinkThatIsTurnedIsFollowed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"v1": allowsA, "v2": allowsB} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, "cors.yaml"), text)
	}
	turn := func(to string) {
		t.Helper()
		if err := errors.Join(os.Symlink(to, filepath.Join(dir, "new")), os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "data"))); err != nil {
			t.Fatal(err)
		}
	}
	turn("v1")
	s, err := policyfile.Open(filepath.Join(dir, "data", "cors.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	turn("v2")
	if changed, err := s.Reload(); !changed || err != nil || allowed(s) != "b" {
		t.Errorf("changed %v, %v, and %q may read", changed, err, allowed(s))
	}
}

func TestReloadWatchAndRequestsTogether(t *testing.T) {
	s, name := open(t, allowsA)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { s.Watch(ctx, time.Millisecond, func(*policyfile.File, error) { s.File() }) })
	wg.Go(func() {
		for ctx.Err() == nil {
			if got := allowed(s); len(got) > 2 {
				t.Errorf("%q may read", got)
			}
		}
	})
	for i := range 50 {
		write(t, name, []string{allowsB, faulty, allowsA}[i%3])
		if _, err := s.Reload(); (err != nil) != (i%3 == 1) {
			t.Errorf("%d: %v", i, err)
		}
	}
	cancel()
	wg.Wait()
}

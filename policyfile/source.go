package policyfile

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/corscope/corscope/cors"
)

// Source is a policy file and the [cors.Routes] that follow it. Make one with [Open]; the
// zero Source has no file.
//
// All methods are safe for concurrent use. A Source must not be copied.
type Source struct {
	name   string
	routes cors.Routes

	mu sync.Mutex
	// data is the content that file and routes were made of.
	data []byte
	file *File
	// seen is what Watch has told of, or need not.
	seen look
}

// look is what a look at the file showed: its content, or why it cannot be read.
type look struct{ content, fault string }

// Open reads the policy file of this name and makes Routes of it. The error is that of
// [Read]: a program that starts with a wrong policy should not.
func Open(name string) (*Source, error) {
	s := &Source{name: name}
	if _, err := s.Reload(); err != nil {
		return nil, err
	}
	return s, nil
}

// Routes returns the Routes that follow the file: the same ones always.
func (s *Source) Routes() *cors.Routes { return &s.routes }

// File returns what is in force: the file as it was last read without a mistake. It is
// not to be changed.
func (s *Source) File() *File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file
}

// Reload reads the file and puts it in force, from one request to the next, as for a
// SIGHUP. It reports whether that changed anything: for the content that is in force
// already it does nothing, and otherwise origins that were added to the Routes or
// removed since are forgotten. If there is a mistake, or the file cannot be read, what
// was in force stays, and the error is that of [Read].
func (s *Source) Reload() (changed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := readFile(s.name)
	s.seen = lookOf(data, err)
	if err != nil {
		return false, err
	}
	return s.apply(data)
}

// apply puts data in force, unless it is.
func (s *Source) apply(data []byte) (changed bool, err error) {
	if s.file != nil && bytes.Equal(data, s.data) {
		return false, nil
	}
	f, err := parseNamed(s.name, data)
	if err != nil {
		return false, err
	}
	if err := s.routes.Reconfigure(f.Config); err != nil {
		return false, err
	}
	s.data, s.file = data, f
	return true, nil
}

// minInterval keeps a wrong unit from reading a file all the time.
const minInterval = 10 * time.Millisecond

// Watch looks at the file every interval, which is 10 milliseconds at the least, and
// puts what it has become in force as [Source.Reload] does, until ctx is done. A file
// that is being written is left alone: what two looks in a row find counts, so that a
// change takes one to two intervals. It is opened by its name each time; so it may be
// replaced by renaming, or be a link that is turned, as those of a Kubernetes ConfigMap
// are (but not one mounted by subPath, which never changes).
//
// After each change report, unless it is nil, is called on the goroutine of Watch: with
// the file that is in force now, or with the error of [Read] for which what was in force
// stays. The same error is reported once.
func (s *Source) Watch(ctx context.Context, interval time.Duration, report func(*File, error)) {
	ticker := time.NewTicker(max(interval, minInterval))
	defer ticker.Stop()
	s.mu.Lock()
	before := s.seen
	s.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		data, err := readFile(s.name)
		now := lookOf(data, err)
		settled := now == before
		before = now
		if !settled {
			continue
		}
		if f, err, news := s.settle(now, data, err); news && report != nil {
			report(f, err)
		}
	}
}

// settle acts on what the file has become. It reports whether that is news.
func (s *Source) settle(now look, data []byte, readError error) (f *File, err error, news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now == s.seen {
		return nil, nil, false
	}
	s.seen = now
	if readError != nil {
		return nil, readError, true
	}
	if _, err := s.apply(data); err != nil {
		return nil, err, true
	}
	return s.file, nil, true
}

func lookOf(data []byte, err error) look {
	if err != nil {
		return look{fault: err.Error()}
	}
	return look{content: string(data)}
}

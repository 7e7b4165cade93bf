package jsrun

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/corscope/corscope/fetch"
)

// Config says where a script runs and what it may use. It is plain data; Run does not change it.
type Config struct {
	// Page is the place that the script runs in. Needed.
	Page *fetch.Page
	// Worker leaves out what only a page has: document, window and the load event.
	Worker bool
	// Stdout takes what console.log, info, debug, dir and table print. Nil: nothing is kept.
	Stdout io.Writer
	// Stderr takes what console.error, warn, assert and trace print. Nil: nothing is kept.
	Stderr io.Writer
	// OnTrace is given the trace of each fetch when its outcome is known; bodies are read later, so the trace does not hold them.
	// It is called between two pieces of JavaScript, never by two goroutines at once. Nil: no traces are made.
	OnTrace func(*fetch.Trace)
	// OnBlocked is told of each fetch that the page does not get, as a browser tells its console. It is called as OnTrace is.
	// Nil: nobody is told.
	OnBlocked func(method, url string, reason fetch.Reason)
	// OnError is given each uncaught exception and unhandled rejection as it happens. The script's page lives on, as in browsers.
	// It is called as OnTrace is. Nil: only the first is returned, by Run.
	OnError func(error)
	// Module runs the script as an ES module. What it imports is fetched as the page's modules are, relative to the page's URL; a
	// classic script may use import() too. There are no import maps, and no files. The page stands still while a module is fetched.
	Module bool
	// OnValue is given the script's completion value, written as the console would, when the script has a value other than
	// undefined. Where the value is a promise, it is given what the promise is fulfilled with, once it is; [REPL] gives the promise.
	// Nil: the value is dropped.
	OnValue func(text string)
	// Limits bound the script. The zero value has the defaults.
	Limits Limits
}

// Limits bound a script. A zero field takes its default, a negative one is refused.
type Limits struct {
	// Time is how long the script may run and wait in all. Default: 1 minute.
	Time time.Duration
	// Memory in bytes, of the engine's heap and of what Go has for the script: requests that wait or are under way, bodies while they are
	// read, bytes behind blob: URLs. Default: 512 MiB. A process comes to some tens of MiB more.
	Memory int64
	// Stack is how deep calls may nest. Default: 4,000; more than 5,000 is refused, as Go's stack would not hold it.
	Stack int
	// Output is how many bytes the console may print in all, with what OnError and OnBlocked are told. Default: 64 MiB.
	Output int64
	// Timers that may be pending at once. Default: 100,000.
	Timers int
	// Requests that may be waiting or under way at once. Default: 20,000. At most 64 of them are on the network at a time.
	Requests int
	// Modules that may be imported in all. Default: 1,000. A chain of imports may be 200 long.
	Modules int
	// ModuleBytes is how large they may be together. Default: 64 MiB.
	ModuleBytes int64
}

// The defaults of [Limits].
const (
	DefaultTime     = time.Minute
	DefaultMemory   = 512 << 20
	DefaultStack    = 4000
	DefaultOutput   = 64 << 20
	DefaultTimers   = 100_000
	DefaultRequests = 20_000
	DefaultModules  = 1000

	DefaultModuleBytes = 64 << 20
)

const (
	maxStack = 5000
	// parallelRequests is how many requests are on the network at a time. Browsers allow 6 to a host, more in all.
	parallelRequests = 64
)

func (c Config) withDefaults() (Config, error) {
	var faults []error
	if c.Page == nil {
		faults = append(faults, errors.New("jsrun: Config.Page is nil: make one with Agent.NewPage"))
	}
	if c.Stdout == nil {
		c.Stdout = io.Discard
	}
	if c.Stderr == nil {
		c.Stderr = io.Discard
	}
	l := &c.Limits
	for _, f := range []struct {
		name  string
		value *int64
		def   int64
	}{{"Memory", &l.Memory, DefaultMemory}, {"Output", &l.Output, DefaultOutput}, {"Time", (*int64)(&l.Time), int64(DefaultTime)},
		{"ModuleBytes", &l.ModuleBytes, DefaultModuleBytes}} {
		faults = append(faults, fillLimit(f.name, f.value, f.def))
	}
	for _, f := range []struct {
		name  string
		value *int
		def   int
	}{{"Stack", &l.Stack, DefaultStack}, {"Timers", &l.Timers, DefaultTimers}, {"Requests", &l.Requests, DefaultRequests}, {"Modules", &l.Modules, DefaultModules}} {
		faults = append(faults, fillLimit(f.name, f.value, f.def))
	}
	if l.Stack > maxStack {
		faults = append(faults, fmt.Errorf("jsrun: Limits.Stack is %d: give at most %d", l.Stack, maxStack))
	}
	return c, errors.Join(faults...)
}

func fillLimit[T int | int64](name string, value *T, def T) error {
	if *value < 0 {
		return fmt.Errorf("jsrun: Limits.%s is %d: give a positive number, or 0 for %d", name, *value, def)
	}
	if *value == 0 {
		*value = def
	}
	return nil
}

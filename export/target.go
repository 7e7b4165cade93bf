package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/cors"
)

// Target names what a policy is written for. The names are stable and fit for
// flags and JSON. The zero Target is none.
type Target string

// The targets.
const (
	Go       Target = "go"
	GoRSCors Target = "go-rs-cors"
	Nginx    Target = "nginx"
	Apache   Target = "apache"
	HAProxy  Target = "haproxy"
	Caddy    Target = "caddy"
	Express  Target = "express"
	FastAPI  Target = "fastapi"
	Flask    Target = "flask"
)

// Description is what there is to know of a target before it is used.
type Description struct {
	Target Target `json:"target"`
	// Title is the name that people know it by.
	Title string `json:"title"`
	// Aliases are other names that [ParseTarget] takes.
	Aliases []string `json:"aliases,omitempty"`
	// Needs says which modules or versions the files rely on.
	Needs string `json:"needs"`
	// Supports says for each of [Features] what becomes of it, in their order.
	Supports []Support `json:"supports"`
}

// engine is a target and how to write for it. A new one is a new file with one of
// these, and a place in engines.
type engine struct {
	target  Target
	title   string
	aliases []string
	needs   string
	// departs has the features of which there is something to say.
	departs map[Feature]departure
	// limits bounds what goes into its files.
	limits limits
	render func(*plan) []File
}

// departure is how a target differs in a feature. With LevelFull it does so in
// ways that no page notices.
type departure struct {
	level Level
	text  string
	// quiet keeps it out of the files: it is about what no browser does, or said there
	// anyway.
	quiet bool
}

// limits is what a target's syntax and buffers hold.
type limits struct {
	// plainTokens restricts method and header names to letters, digits and "-_.".
	// The other bytes of tokens mean something else in these languages, in one or
	// another place, and no name in use has them.
	plainTokens bool
	// listBytes bounds a header that lists names. 0: no bound.
	listBytes int
}

var engines = []*engine{goEngine, rsCorsEngine, nginxEngine, apacheEngine, haproxyEngine, caddyEngine, expressEngine, fastapiEngine, flaskEngine}

// Targets returns all targets, always in the same order.
func Targets() []Description {
	all := make([]Description, len(engines))
	for i, e := range engines {
		all[i] = e.describe()
	}
	return all
}

func (e *engine) describe() Description {
	d := Description{Target: e.target, Title: e.title, Aliases: slices.Clone(e.aliases), Needs: e.needs}
	for _, f := range Features() {
		s := Support{Feature: f, Level: LevelFull}
		if dep, ok := e.departs[f]; ok {
			s.Level, s.Text = dep.level, dep.text
		}
		d.Supports = append(d.Supports, s)
	}
	return d
}

// ParseTarget returns the target with that name or alias, in any case, or an
// *[UnknownTargetError].
func ParseTarget(name string) (Target, error) {
	lower := strings.ToLower(name)
	for _, e := range engines {
		if lower == string(e.target) || slices.Contains(e.aliases, lower) {
			return e.target, nil
		}
	}
	return "", &UnknownTargetError{Name: name}
}

func engineOf(t Target) (*engine, error) {
	for _, e := range engines {
		if e.target == t {
			return e, nil
		}
	}
	return nil, &UnknownTargetError{Name: string(t)}
}

// UnknownTargetError says that there is no such target.
type UnknownTargetError struct {
	// Name is what was asked for.
	Name string
}

// Error returns one line that lists the targets.
func (e *UnknownTargetError) Error() string {
	return fmt.Sprintf("export: there is no target %s; there are %s", quote(e.Name), strings.Join(targetNames(), ", "))
}

func targetNames() []string {
	names := make([]string, len(engines))
	for i, e := range engines {
		names[i] = string(e.target)
	}
	return names
}

// quote returns s in Go's double quotes, ASCII only and of bounded length.
func quote(s string) string {
	const most = 100
	if len(s) > most {
		return fmt.Sprintf("%+q...", s[:most])
	}
	return fmt.Sprintf("%+q", s)
}

// Artifact is a policy in the language of a target. Equal policies give equal
// artifacts.
type Artifact struct {
	Target Target `json:"target"`
	// Files has at least one member.
	Files []File `json:"files"`
	// Notes says what comes out differently from package cors with this policy. The
	// files say it as well, in comments.
	Notes []Note `json:"notes"`
}

// File is one file of an Artifact.
type File struct {
	// Name is a file name without directories.
	Name string `json:"name"`
	// Place says in a clause where it goes.
	Place string `json:"place"`
	// Content is ASCII text that ends with a newline.
	Content string `json:"content"`
}

// Note is one departure that a policy meets.
type Note struct {
	Feature Feature `json:"feature"`
	// Text is a sentence.
	Text string `json:"text"`
}

// Render writes the policy that config describes for t. Its error is a
// *[cors.ConfigError] if config has mistakes, an *[UnknownTargetError], or an
// *[UnsupportedError] with everything that t cannot express. Render is safe for
// concurrent use.
func Render(config cors.Config, t Target) (Artifact, error) {
	e, err := engineOf(t)
	if err != nil {
		return Artifact{}, err
	}
	policy, err := cors.Compile(config)
	if err != nil {
		return Artifact{}, err
	}
	p := newPlan(policy.Config())
	notes, err := e.judge(p)
	if err != nil {
		return Artifact{}, err
	}
	p.notes = notes
	return Artifact{Target: t, Files: e.render(p), Notes: notes}, nil
}

package diagnose

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// Fix is the smallest set of changes after which the standard and every profile that was asked about let the page read the answer.
type Fix struct {
	// Complete: the changes below are enough, and [Fix.Proofs] shows it. Otherwise Todo says what is left for a person.
	Complete bool   `json:"complete"`
	Todo     string `json:"todo,omitempty"`
	// Server are the changes to answers, in the order in which the answers come.
	Server []Change `json:"server,omitempty"`
	// Page are the changes to the call. Call is the call with them as JavaScript, CallBefore the call as it is; both are empty where
	// the call stays.
	Page       []PageChange `json:"page,omitempty"`
	CallBefore string       `json:"callBefore,omitempty"`
	Call       string       `json:"call,omitempty"`
	Proofs     []Proof      `json:"proofs"`
	// Assumed are sentences on what was never observed and is taken to be so.
	Assumed []string `json:"assumed,omitempty"`
	// Notes are sentences on what the changes do not do by themselves.
	Notes []string `json:"notes,omitempty"`
	// Config makes package cors send what the fix asks for, and no more. Nil where the fix is not the server's, or where it cannot be
	// said; ConfigNote then says why.
	Config     *cors.Config `json:"config,omitempty"`
	ConfigNote string       `json:"configNote,omitempty"`
	// Avoid is what people are told to do instead, and what comes of it.
	Avoid []Warning `json:"avoid,omitempty"`
}

// Change is one change to an answer of the server.
type Change struct {
	// On is whose answer changes: a preflight's or a request's, to Method and URL, or the one that brings the page ([OnPage]). For a
	// preflight Method is OPTIONS.
	On     fetch.ExchangeKind `json:"on"`
	Method string             `json:"method"`
	URL    string             `json:"url"`
	// Header is the header's name; empty for the status.
	Header string `json:"header,omitempty"`
	// Before are the lines that were there, none where it was absent; After is the only one that should be.
	Before []string `json:"before,omitempty"`
	After  string   `json:"after"`
	Why    string   `json:"why"`
	// Assumed: the answer was never observed, so that it may have the line already.
	Assumed bool `json:"assumed,omitempty"`
	// Implied: the server sends it by itself once the other changes are made, as it does in answer to a preflight that asks for less.
	Implied bool `json:"implied,omitempty"`
}

// OnPage is in the place of an exchange's kind for the answer that brings the page.
const OnPage fetch.ExchangeKind = "page"

// Proof is what becomes of the fetch under one profile.
type Proof struct {
	// Profile is the name of the profile; "spec" is the standard.
	Profile string `json:"profile"`
	// Before is why the page gets nothing as things are; the zero value where it does get the answer, and [fetch.ReasonNotRecorded]
	// where this browser would go on and nobody has seen what comes then.
	Before fetch.Reason `json:"before"`
	// After is the same with the fix; the zero value where the page may read the answer.
	After fetch.Reason `json:"after"`
	// Reads says whether the page may read the answer's body with the fix. It is false too for answers without a body, and in mode
	// no-cors, where nothing is ever readable.
	Reads bool `json:"reads"`
}

// Warning is what not to do, and why.
type Warning struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// The bounds of the search. Each round takes one reason away, and a fetch has at most 21 hops with a preflight each.
const maxRounds = 200

// fault is one thing that was wrong, with the trace in which it came to light.
type fault struct {
	trace  *fetch.Trace
	reason fetch.Reason
	// repair is what takes it away.
	repair repaired
}

// search repairs a fetch until it succeeds under every profile, and collects the faults on the way.
type search struct {
	simulation
	profiles []fetch.Profile
	probes   probed
	faults   []fault
	stuck    string
	// fixed are the traces with all changes made, profile by profile.
	fixed []*fetch.Trace
	// ran are those with the changes of now, as far as they were run, and ranFirst those without any.
	ran, ranFirst []*fetch.Trace
	// last are the latest runs, profile by profile.
	last []*ran
	// fromStart runs every fetch from its start, which tests hold the others against.
	fromStart bool
}

// change puts other changes in the place of those of now.
func (s *search) change(edits []edit, page []PageChange) { s.edits, s.page, s.ran = edits, page, nil }

// at is the trace under the profile of that number, with the changes of now. It is run once.
func (s *search) at(i int) *fetch.Trace {
	if s.ran == nil {
		s.ran = make([]*fetch.Trace, len(s.profiles))
		if len(s.edits) == 0 && len(s.page) == 0 && s.served == nil {
			s.ranFirst = s.ran
		}
	}
	if s.ran[i] == nil {
		s.ran[i] = s.runUnder(i, &s.simulation)
	}
	return s.ran[i]
}

// runUnder is the trace of a simulation under the profile of that number, or nil.
func (s *search) runUnder(i int, simulation *simulation) *fetch.Trace {
	if s.last == nil || s.fromStart {
		s.last = make([]*ran, len(s.profiles))
	}
	if s.last[i] = simulation.run(s.profiles[i], s.last[i]); s.last[i] == nil {
		return nil
	}
	return s.last[i].trace
}

// wants reports whether the page gets what it can want from t.
func (s *search) wants(t *fetch.Trace) bool {
	if !t.Outcome.Allowed {
		return s.strays(t)
	}
	// An answer of mode no-cors cannot be read, and only a page that is denied even that wanted no more.
	return t.Outcome.Type != fetch.TypeOpaque || s.trace.Outcome.Type != fetch.TypeOpaque
}

// strays reports that t is what a browser does that goes another way than the recorded fetch, which succeeded: it then asks what
// nobody has seen an answer to, and nothing says that anything is wrong with that.
func (s *search) strays(t *fetch.Trace) bool {
	n := len(t.Exchanges)
	return s.trace.Outcome.Allowed && s.trace.Outcome.Type != fetch.TypeOpaque && n > 0 && isAssumed(t.Exchanges[n-1])
}

func (s *search) run() {
	if r := s.trace.Outcome.Reason; r != nil && (r.Code == fetch.ReasonIntegrity && !s.mismatched() || isLocalNetwork(r.Code) && r.Code != fetch.ReasonTargetAddressSpace) {
		// What the page may not read, and what a user would say, is not in the simulation.
		f := fault{s.trace, *r, repair(s.trace)}
		s.faults, s.stuck = append(s.faults, f), f.repair.stuck
		return
	}
	for range maxRounds {
		t, done := s.next()
		if done || s.stuck != "" {
			return
		}
		r := s.repairOf(t)
		reason := fetch.Reason{}
		if t.Outcome.Reason != nil {
			reason = *t.Outcome.Reason
		}
		s.faults = append(s.faults, fault{t, reason, r})
		if r.stuck != "" {
			s.stuck = r.stuck
			return
		}
		if !s.add(r) {
			s.stuck = "The changes that are known do not help: read the steps."
			return
		}
	}
	s.stuck = "Too many changes would be needed: read the steps."
}

// next is the first profile's trace that does not succeed yet.
func (s *search) next() (t *fetch.Trace, done bool) {
	for i := range s.profiles {
		t := s.at(i)
		if t == nil {
			s.stuck = "The record does not say enough to run the request again."
			return nil, true
		}
		if !s.wants(t) {
			return t, false
		}
	}
	return nil, true
}

func (s *search) repairOf(t *fetch.Trace) repaired {
	if t.Outcome.Allowed {
		return page(optionMode, string(fetch.ModeNoCORS), string(fetch.ModeCORS), "in mode no-cors a page can read nothing, whatever the server says")
	}
	if r, ok := s.direct(t); ok {
		return r
	}
	if t.Outcome.Reason.Code == fetch.ReasonIntegrity {
		return repair(s.trace) // which saw the body
	}
	return repair(t)
}

// direct is the way around a redirect whose target was asked: it lets the page read the answer.
func (s *search) direct(t *fetch.Trace) (repaired, bool) {
	if len(t.Exchanges) == 0 {
		return repaired{}, false
	}
	x := t.Exchanges[len(t.Exchanges)-1]
	to := redirectTarget(x, x.URL)
	if to == nil {
		return repaired{}, false
	}
	page := t.Page.Origin
	target, _ := s.probes.find(ProbeTarget, func(o *fetch.Exchange) bool {
		return o.Kind == x.Kind && o.URL == to.StringWithoutFragment() && allows(o, page, t.Request.Credentials == fetch.CredentialsInclude)
	})
	if target == nil {
		return repaired{}, false
	}
	const why = "asked there directly, the server allows the page"
	r := repaired{page: []PageChange{{Option: optionURL, Before: t.Request.URL, After: to.String(), Why: why}}}
	if x.Kind == fetch.ExchangeRequest && target.Method != t.Request.Method {
		r.page = append(r.page, PageChange{Option: optionMethod, Before: t.Request.Method, After: target.Method, Why: "what the redirect made of the method"})
	}
	return r, true
}

// add takes the changes in, and reports whether any of them is new. A call that is changed is another call, whose answers are judged
// anew.
func (s *search) add(r repaired) (added bool) {
	for _, e := range r.edits {
		i := slices.IndexFunc(s.edits, func(o edit) bool { return o.answerKey == e.answerKey && o.name == e.name })
		switch {
		case i < 0:
			s.edits, added = append(s.edits, e), true
		case s.edits[i].value != e.value || s.edits[i].status != e.status:
			s.edits[i], added = e, true
		}
	}
	for _, c := range r.page {
		i := slices.IndexFunc(s.page, func(o PageChange) bool {
			return o.Option == c.Option && (c.Option != optionHeader || o.Before == c.Before)
		})
		switch {
		case i < 0:
			s.page, added = append(s.page, c), true
		case s.page[i].After != c.After:
			s.page[i].After, s.page[i].Why, added = c.After, c.Why, true
		}
	}
	if r.served != nil {
		s.served, added = r.served, true
	}
	if added {
		s.ran = nil
	}
	return added
}

// succeeds reports whether every profile is content.
func (s *search) succeeds() bool {
	_, done := s.next()
	return done
}

// minimise takes away every change that is not needed. Those that came last may have made earlier ones superfluous, by leading the fetch
// another way; where none does that, each is what a rule asked for that still stands there.
func (s *search) minimise() {
	if len(s.page) == 0 && !slices.ContainsFunc(s.edits, edit.leads) {
		return
	}
	for i := 0; i < len(s.page); {
		all := s.page
		s.change(s.edits, slices.Delete(slices.Clone(all), i, i+1))
		if !s.succeeds() {
			s.change(s.edits, all)
			i++
		}
	}
	for i := 0; i < len(s.edits); {
		all := s.edits
		s.change(slices.Delete(slices.Clone(all), i, i+1), s.page)
		if !s.succeeds() {
			s.change(all, s.page)
			i++
		}
	}
}

// leads reports an edit that can make the fetch go another way.
func (e edit) leads() bool {
	return e.name == "Location" || e.name == "" && e.kind == fetch.ExchangeRequest
}

// fix runs the search and returns what it found, or nil where nothing is wrong.
func (s *search) fix() *Fix {
	s.run()
	if len(s.faults) == 0 && s.stuck == "" {
		return nil
	}
	f := &Fix{Todo: s.stuck, Complete: s.stuck == ""}
	if f.Complete {
		s.minimise()
	}
	for i := range s.profiles {
		s.fixed = append(s.fixed, s.at(i))
	}
	s.describe(f)
	s.prove(f)
	if f.Complete && len(s.edits) > 0 {
		s.configure(f)
	}
	f.Avoid = s.avoid()
	return f
}

// describe puts the changes into the order of the fetch.
func (s *search) describe(f *Fix) {
	f.Page = s.page
	if len(s.page) > 0 {
		before := s.simulation
		before.page = nil
		f.CallBefore, f.Call = s.callText(before.request()), s.callText(s.request())
	}
	if s.served != nil {
		f.Server = append(f.Server, Change{On: OnPage, Method: http.MethodGet, URL: s.trace.Page.URL, Header: contentSecurityPolicy,
			Before: s.trace.Page.Policies.ContentSecurityPolicy, After: strings.Join(s.served, ", "),
			Why: "the page's own policy must name the server, in the header or in the <meta> element that states it"})
	}
	seen := make(map[answerKey]bool)
	order := func(t *fetch.Trace) {
		if t == nil {
			return
		}
		for _, x := range t.Exchanges {
			key := keyOf(x)
			if seen[key] {
				continue
			}
			seen[key] = true
			for _, e := range s.edits {
				if e.answerKey == key {
					f.Server = append(f.Server, s.shown(e, x.Method))
				}
			}
		}
	}
	for _, t := range s.fixed {
		order(t)
	}
	f.Assumed = s.assumptions(f)
	f.Notes = s.notes(f)
	if f.Complete {
		if sentence := s.imply(f.Server); sentence != "" {
			f.Notes = append(f.Notes, sentence)
		}
	}
}

// notes say what the page sees with the fix that it may not expect, and what others than this page need.
func (s *search) notes(f *Fix) []string {
	t := s.fixed[0]
	if !f.Complete || t == nil || len(t.Exchanges) == 0 {
		return nil
	}
	var notes []string
	if x := t.Exchanges[len(t.Exchanges)-1]; x.Status >= 400 {
		notes = append(notes, "The page then sees that the answer is a "+strconv.Itoa(x.Status)+". What is wrong behind it stays wrong.")
	}
	for _, e := range s.edits {
		if e.name == httpspec.AccessControlAllowOrigin && e.value != httpspec.Wildcard && e.kind == fetch.ExchangeRequest {
			notes = append(notes, "Where the answer depends on who asks, send Vary: Origin too, for the sake of caches. Package cors does.")
			break
		}
	}
	switch asks, refuses := crossesIntoLocalNetwork(s.trace); {
	case refuses:
		notes = append(notes, "Chromium refuses all the same: this page must come over https before it asks the user to let it into the local network.")
	case asks:
		notes = append(notes, "Chromium and Firefox ask the user first whether this page may reach the local network or this machine.")
	}
	return notes
}

func (s *search) shown(e edit, method string) Change {
	c := Change{On: e.kind, Method: method, URL: e.url, Header: e.name, After: e.value, Why: e.why, Assumed: e.assumed}
	if e.name == "" {
		c.After = strconv.Itoa(e.status)
	}
	for _, x := range slices.Concat(s.observed, s.trace.Exchanges) {
		if keyOf(x) != e.answerKey || x.Failure != nil {
			continue
		}
		x = effective(x)
		if e.name == "" {
			c.Before = []string{strconv.Itoa(x.Status)}
		} else {
			c.Before = x.ResponseHeaders.Values(e.name)
		}
		break
	}
	return c
}

// assumptions are a sentence for each answer that was never observed and that the fix stands on.
func (s *search) assumptions(f *Fix) []string {
	if !f.Complete {
		return nil
	}
	t := s.fixed[0]
	if t == nil {
		return nil
	}
	var sentences []string
	for _, x := range t.Exchanges {
		if !isAssumed(x) {
			continue
		}
		sentence := "The answer to " + x.Method + " " + x.URL + " was never observed, because the browser did not send it"
		if x.Kind == fetch.ExchangePreflight {
			sentence = "The preflight for " + x.URL + " was never observed"
		}
		if s.recorded(x) {
			sentence = "The answer to " + x.Method + " " + x.URL + " was observed for a request without Origin alone"
		}
		sentence += ": it is taken to come with status " + strconv.Itoa(x.Status) + " and without CORS headers of its own."
		if !slices.Contains(sentences, sentence) {
			sentences = append(sentences, sentence)
		}
	}
	return sentences
}

func (s *search) recorded(x *fetch.Exchange) bool {
	return slices.ContainsFunc(s.trace.Exchanges, func(o *fetch.Exchange) bool { return keyOf(o) == keyOf(x) })
}

// prove runs the fetch as it was and as it would be under each profile.
func (s *search) prove(f *Fix) {
	before := s.simulation
	before.edits, before.page, before.served = nil, nil, nil
	for i, p := range s.profiles {
		proof := Proof{Profile: p.Name}
		if proof.Profile == "" {
			proof.Profile = "spec"
		}
		if s.ranFirst[i] == nil {
			s.ranFirst[i] = s.runUnder(i, &before)
		}
		if t := s.ranFirst[i]; t != nil {
			proof.Before = observedReason(t)
		}
		if t := s.fixed[i]; t != nil {
			if s.strays(t) {
				proof.After = observedReason(t)
			} else if t.Outcome.Reason != nil {
				proof.After = *t.Outcome.Reason
			}
			proof.Reads = t.Outcome.BodyReadable
		}
		f.Proofs = append(f.Proofs, proof)
	}
}

// observedReason is the reason of a simulated trace, unless it rests on an answer that nobody has seen.
func observedReason(t *fetch.Trace) fetch.Reason {
	for _, x := range t.Exchanges {
		if isAssumed(x) {
			return fetch.Reason{Code: fetch.ReasonNotRecorded, Phase: fetch.PhaseRequest, URL: x.URL,
				Detail: "this browser goes on here, and nobody has seen what the server answers then"}
		}
	}
	if t.Outcome.Reason == nil {
		return fetch.Reason{}
	}
	return *t.Outcome.Reason
}

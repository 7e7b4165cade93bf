package cors

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// originSet is the set of origins that a policy allows. Look-ups take no lock;
// changes take turns.
type originSet struct {
	// exact has the origins that stand in the Config as they are.
	exact *table
	// few lists the same as long as they are so few that comparing is faster than
	// hashing; then it is nil. It is replaced, never changed.
	few atomic.Pointer[[]string]
	// The patterns, under the part of an origin after "://" that they fix: a host,
	// or the end of one with its leading dot. byPort fixes the port as well, if
	// one is written; anyPort leaves it open. Both are nil until there is a
	// pattern, and the second pointer of each serves look-ups.
	byPort, anyPort atomic.Pointer[patternTable]

	mu sync.Mutex
	// patterns has what byPort and anyPort were made from, by its text.
	patterns map[string]*pattern
}

type patternTable struct {
	*table
	// exactHost is set once a pattern for a host without subdomains was there.
	exactHost atomic.Bool
	// labels has bit n set once a pattern for the subdomains of a name of n labels
	// was there; bit 63 stands for all from 63 on. Without it an origin with a
	// hundred labels would cost a hundred look-ups.
	labels atomic.Uint64
}

// rule is one way to match what stands under a key.
type rule struct {
	scheme  string
	pattern string
}

func newOriginSet(n, size int) *originSet {
	o := &originSet{exact: newTable(n, size, false), patterns: map[string]*pattern{}}
	o.listFew()
	return o
}

// match returns the pattern that allows the origin s. It is safe at all times
// and, for what is no origin at all, false.
func (o *originSet) match(s string) (pattern string, ok bool) {
	if len(s) > maxKeyLength || s == "" {
		return "", false
	}
	if few := o.few.Load(); few != nil {
		for _, one := range *few {
			if one == s {
				return s, true
			}
		}
	} else if o.exact.contains(s) {
		return s, true
	}
	byPort, anyPort := o.byPort.Load(), o.anyPort.Load()
	if byPort == nil && anyPort == nil {
		return "", false
	}
	return matchPatterns(s, byPort, anyPort)
}

func matchPatterns(s string, byPort, anyPort *patternTable) (pattern string, ok bool) {
	schemeEnd := strings.Index(s, "://")
	if schemeEnd < 0 {
		return "", false
	}
	scheme, hostport := s[:schemeEnd], s[schemeEnd+len("://"):]
	host, _, _ := cutPort(hostport)
	if byPort != nil {
		pattern, ok = byPort.match(scheme, hostport, len(host))
	}
	if !ok && anyPort != nil {
		pattern, ok = anyPort.match(scheme, host, len(host))
	}
	// The end of the origin fits. Only now is it worth looking at the rest.
	if !ok {
		return "", false
	}
	if _, ok = parseRequestOrigin(s); !ok {
		return "", false
	}
	return pattern, true
}

// match looks for target, whose first hostEnd bytes are a host, and for all ends
// of it that begin with a dot of the host, the shortest first.
func (t *patternTable) match(scheme, target string, hostEnd int) (string, bool) {
	if t.exactHost.Load() {
		if pattern, ok := matchRule(t.lookup(target), scheme); ok {
			return pattern, true
		}
	}
	labels := t.labels.Load()
	if labels == 0 {
		return "", false
	}
	for i, n := hostEnd, 0; ; {
		i = strings.LastIndexByte(target[:i], '.')
		if i <= 0 {
			return "", false
		}
		n++
		if labels&labelBit(n) == 0 {
			if labels>>min(n, 63) == 0 {
				return "", false
			}
			continue
		}
		if pattern, ok := matchRule(t.lookup(target[i:]), scheme); ok {
			return pattern, true
		}
	}
}

func matchRule(rules []rule, scheme string) (string, bool) {
	for i := range rules {
		if rules[i].scheme == scheme {
			return rules[i].pattern, true
		}
	}
	return "", false
}

// labelBit is the bit of a name with n labels, counting an empty one after a
// dot at the end.
func labelBit(n int) uint64 { return 1 << min(n, 63) }

// add adds p and reports whether it was not there.
func (o *originSet) add(p *pattern) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p.exact {
		added := o.exact.add(p.text, nil)
		o.listFew()
		return added
	}
	return o.addPattern(*p)
}

// addExact adds origins that are known to be right. It calls duplicate with the
// index of each that was there, in order.
func (o *originSet) addExact(origins []string, duplicate func(i int)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.exact.addAll(origins, duplicate)
	o.listFew()
}

func (o *originSet) addPattern(p pattern) bool {
	if _, ok := o.patterns[p.text]; ok {
		return false
	}
	o.patterns[p.text] = &p
	t := o.tableFor(&p)
	p.keys(func(key, scheme string) {
		// Readers may hold the old list: it is replaced, never changed.
		rules := append(slices.Clip(slices.Clone(t.lookup(key))), rule{scheme, p.text})
		t.add(key, &rules)
	})
	// After the keys, so that whoever sees the bit finds them.
	if p.subdomains() {
		t.labels.Or(labelBit(strings.Count(p.host, ".")))
	} else {
		t.exactHost.Store(true)
	}
	return true
}

// remove removes p and reports whether it was there.
func (o *originSet) remove(p *pattern) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p.exact {
		removed := o.exact.remove(p.text)
		o.listFew()
		return removed
	}
	if _, ok := o.patterns[p.text]; !ok {
		return false
	}
	delete(o.patterns, p.text)
	t := o.tableFor(p)
	p.keys(func(key, scheme string) {
		rules := slices.DeleteFunc(slices.Clone(t.lookup(key)), func(r rule) bool { return r == rule{scheme, p.text} })
		if len(rules) == 0 {
			t.remove(key)
		} else {
			t.add(key, &rules)
		}
	})
	return true
}

// maxFew is how many origins few holds at most.
const maxFew = 8

// listFew brings few up to date.
func (o *originSet) listFew() {
	if o.exact.size > maxFew {
		if o.few.Load() != nil {
			o.few.Store(nil)
		}
		return
	}
	few := make([]string, 0, o.exact.size)
	o.exact.each(func(key []byte) { few = append(few, string(key)) })
	o.few.Store(&few)
}

func (o *originSet) tableFor(p *pattern) *patternTable {
	table := &o.byPort
	if p.anyPort {
		table = &o.anyPort
	}
	if table.Load() == nil {
		table.Store(&patternTable{table: newTable(0, 0, true)})
	}
	return table.Load()
}

// list returns the texts of all patterns and exact origins, sorted, and never
// nil.
func (o *originSet) list() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	texts := make([]string, 0, o.exact.size+len(o.patterns))
	o.exact.each(func(key []byte) { texts = append(texts, string(key)) })
	for text := range o.patterns {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}

// size returns how many entries list would have.
func (o *originSet) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.exact.size + len(o.patterns)
}

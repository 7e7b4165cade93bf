package cors

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestTableAgreesWithAMapThroughAnySequenceOfChanges(t *testing.T) {
	for _, tt := range []struct {
		name       string
		room, keys int
		steps      int
	}{
		{"a handful of keys that come and go", 0, 5, 2000},
		{"keys that fill one segment", 3, 300, 20000},
		{"keys that split segments and double the directory", 0, 9000, 60000},
		{"room for all from the start", 9000, 9000, 30000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(tt.keys)))
			table, reference := newTable(tt.room, 20*tt.room, false), map[string]bool{}
			for step := range tt.steps {
				key := fmt.Sprintf("https://%d.example%s", random.IntN(tt.keys), strings.Repeat("x", random.IntN(3)))
				// More adds than removes at first, then the other way round.
				if random.IntN(3) == 0 != (step > tt.steps/2) {
					if got, want := table.remove(key), reference[key]; got != want {
						t.Fatalf("step %d: remove(%q) = %v, want %v", step, key, got, want)
					}
					delete(reference, key)
				} else {
					if got, want := table.add(key, nil), !reference[key]; got != want {
						t.Fatalf("step %d: add(%q) = %v, want %v", step, key, got, want)
					}
					reference[key] = true
				}
				probe := fmt.Sprintf("https://%d.example", random.IntN(tt.keys))
				if got, want := table.contains(probe), reference[probe]; got != want {
					t.Fatalf("step %d: contains(%q) = %v, want %v", step, probe, got, want)
				}
			}
			if table.size != len(reference) {
				t.Errorf("size %d, want %d", table.size, len(reference))
			}
			seen := map[string]bool{}
			table.each(func(key []byte) {
				if seen[string(key)] || !reference[string(key)] {
					t.Errorf("each yields %q twice or wrongly", key)
				}
				seen[string(key)] = true
			})
			if len(seen) != len(reference) {
				t.Errorf("each yields %d keys, want %d", len(seen), len(reference))
			}
		})
	}
}

func TestTableHoldsKeysOfEveryLength(t *testing.T) {
	table := newTable(0, 0, false)
	for n := 1; n <= maxKeyLength; n++ {
		if !table.add(strings.Repeat("a", n), nil) {
			t.Fatalf("a key of %d bytes was taken for another", n)
		}
	}
	for n := 1; n <= maxKeyLength; n++ {
		if !table.contains(strings.Repeat("a", n)) {
			t.Fatalf("a key of %d bytes is lost", n)
		}
	}
}

// TestTableReadersSeeWhatStaysWhileAWriterChangesTheRest checks that readers
// never miss a key that is there throughout, never see one that never is, and
// never get the rules of another key.
func TestTableReadersSeeWhatStaysWhileAWriterChangesTheRest(t *testing.T) {
	table := newTable(0, 0, true)
	rules := func(key string) *[]rule { return &[]rule{{pattern: key}} }
	const stable = 500
	for i := range stable {
		key := fmt.Sprint("stays-", i)
		table.add(key, rules(key))
	}
	var stop atomic.Bool
	var readers sync.WaitGroup
	for worker := range 3 {
		readers.Go(func() {
			for i := worker; !stop.Load(); i++ {
				stays := fmt.Sprint("stays-", i%stable)
				if found := table.lookup(stays); len(found) != 1 || found[0].pattern != stays {
					t.Errorf("lookup(%q) = %v", stays, found)
					return
				}
				moves := fmt.Sprint("moves-", i%3000)
				if found := table.lookup(moves); found != nil && found[0].pattern != moves {
					t.Errorf("lookup(%q) = %v", moves, found)
					return
				}
				if never := fmt.Sprint("never-", i); table.contains(never) {
					t.Errorf("contains(%q)", never)
					return
				}
				runtime.Gosched()
			}
		})
	}
	for round := range 4 {
		for i := range 3000 {
			key := fmt.Sprint("moves-", i)
			if (i+round)%2 == 0 {
				table.add(key, rules(key))
			} else {
				table.remove(key)
			}
		}
	}
	stop.Store(true)
	readers.Wait()
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("\x01a\x02bc\x81a"))
	f.Fuzz(func(t *testing.T, program []byte) {
		table, reference := newTable(0, 0, false), map[string]bool{}
		for len(program) > 1 {
			op := program[0]
			n := min(1+int(op&0x3f), len(program)-1)
			key := string(program[1 : 1+n])
			program = program[1+n:]
			if op&0x80 != 0 {
				if table.remove(key) != reference[key] {
					t.Fatalf("remove(%q) = %v", key, !reference[key])
				}
				delete(reference, key)
			} else {
				if table.add(key, nil) == reference[key] {
					t.Fatalf("add(%q) = %v", key, reference[key])
				}
				reference[key] = true
			}
		}
		var keys []string
		table.each(func(key []byte) { keys = append(keys, string(key)) })
		slices.Sort(keys)
		if len(keys) != len(reference) || len(slices.Compact(keys)) != len(reference) {
			t.Fatalf("%d keys, want %d", len(keys), len(reference))
		}
	})
}

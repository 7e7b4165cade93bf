package cors

import (
	"hash/maphash"
	"runtime"
	"sync/atomic"
)

// table is a set of short strings, each with an optional list of rules, that any
// number of goroutines may read without a lock while one writes. It is what
// lets one origin among a million be added under load.
//
// It is an extendible hash table. The high bits of a key's hash choose an entry
// of the directory, the entry points to a segment, and a segment is a small
// open-addressed table with the bytes of its keys. A key is added by writing its
// bytes behind those that readers know and then publishing the slot. A segment
// that is full is copied, or split in two; nothing larger is ever copied but the
// directory, which has a pointer for every few hundred keys and only when it
// doubles. Neither the slots nor the bytes of the keys hold pointers, so the
// garbage collector does not look at them.
//
// Readers may use a segment that has just been replaced: it is complete as of
// the moment it was.
type table struct {
	seed maphash.Seed
	dir  atomic.Pointer[directory]
	// size counts the keys. Writers only.
	size int
	// withRules implies that every segment has rules.
	withRules bool
}

type directory struct {
	// shift is 64 less the number of bits of a hash that index segments.
	shift    uint
	segments []atomic.Pointer[segment]
}

type segment struct {
	// A slot is written once, atomically, and then at most replaced by deleted.
	// The array is part of the segment so that a look-up waits for one pointer
	// less.
	slots [slotCount]uint64
	// bytes holds the keys, back to back. Readers look only at what a slot that
	// they loaded points to.
	bytes []byte
	// rules[i] belongs to slots[i]. It is stored before the slot is, and a slot
	// is never used again for another key, so that a reader that found its key
	// cannot be given the rules of another.
	rules []atomic.Pointer[[]rule]
	// depth is how many high bits the hashes of all keys here share.
	depth uint
	// taken counts slots that are not empty, live those that are not deleted
	// either, and used the bytes that slots point to. Writers only.
	taken, live, used int
}

// A slot packs, from the high bits down, 31 bits of the key's hash, the key's
// length and the key's offset. Keys are not empty, hence no slot in use is 0 or
// deleted.
const (
	offsetBits = 22
	lengthBits = 11
	tagShift   = offsetBits + lengthBits

	offsetMask = 1<<offsetBits - 1
	lengthMask = 1<<lengthBits - 1
	tagMask    = 1<<64 - 1<<tagShift

	deleted = 1

	maxKeyLength = lengthMask

	slotCount = 512
	// maxTaken keeps a quarter of the slots empty. That many keys of
	// maxKeyLength bytes fit the offset.
	maxTaken = slotCount - slotCount/4
)

// newTable returns a table with room for n keys that are size bytes together.
func newTable(n, size int, withRules bool) *table {
	t := &table{seed: maphash.MakeSeed(), withRules: withRules}
	depth := uint(0)
	// Half full on average, so that hardly a segment needs to be split.
	for n>>depth > slotCount/2 {
		depth++
	}
	d := &directory{shift: 64 - depth, segments: make([]atomic.Pointer[segment], 1<<depth)}
	// Keys do not spread evenly; a fifth more keeps most segments from growing.
	size /= len(d.segments)
	for i := range d.segments {
		d.segments[i].Store(t.newSegment(depth, size+size/5))
	}
	t.dir.Store(d)
	return t
}

func (t *table) newSegment(depth uint, bytes int) *segment {
	s := &segment{depth: depth, bytes: make([]byte, bytes)}
	if t.withRules {
		s.rules = make([]atomic.Pointer[[]rule], slotCount)
	}
	return s
}

// find returns the segment and the slot that hold key. It is safe at all times.
func (t *table) find(key string) (s *segment, slot uint64, ok bool) {
	h := maphash.String(t.seed, key)
	d := t.dir.Load()
	s = d.segments[h>>d.shift].Load()
	slot, ok = s.find(h, key)
	return s, slot, ok
}

// contains reports whether key is there. It is safe at all times.
func (t *table) contains(key string) bool {
	_, _, ok := t.find(key)
	return ok
}

// lookup returns the rules of key, or nil. It is safe at all times.
func (t *table) lookup(key string) []rule {
	s, slot, ok := t.find(key)
	if !ok {
		return nil
	}
	return *s.rules[slot].Load()
}

func (s *segment) find(h uint64, key string) (slot uint64, ok bool) {
	want := tag(h) | uint64(len(key))<<offsetBits
	for i := h % slotCount; ; i = (i + 1) % slotCount {
		v := atomic.LoadUint64(&s.slots[i])
		if v == 0 {
			return i, false
		}
		if v&^uint64(offsetMask) == want && string(s.key(v)) == key {
			return i, true
		}
	}
}

// tag spreads over bits of the hash that neither the slot's index nor, in any
// directory of this world, the segment's depends on.
func tag(h uint64) uint64 { return h << 13 & tagMask }

func (s *segment) key(slot uint64) []byte {
	offset := slot & offsetMask
	return s.bytes[offset : offset+slot>>offsetBits&lengthMask]
}

// add makes key, which is not empty and at most maxKeyLength bytes, a member; it
// reports whether it was not one. The table's rules, if it has them, become
// those given. Writers take turns.
func (t *table) add(key string, rules *[]rule) bool {
	return t.addHashed(maphash.String(t.seed, key), key, rules)
}

// addAll is add for many keys without rules. It calls duplicate with the index
// of each that was a member, in order.
//
// Where a key goes is in no cache as long as the table is large. So what a batch
// of them will touch is asked for first, all at once, in place of one after the
// other; that makes it twice as fast.
func (t *table) addAll(keys []string, duplicate func(i int)) {
	const batch = 32
	var hashes [batch]uint64
	for start := 0; start < len(keys); start += batch {
		some := keys[start:min(start+batch, len(keys))]
		d, touched := t.dir.Load(), uint64(0)
		for i, key := range some {
			h := maphash.String(t.seed, key)
			hashes[i] = h
			s := d.segments[h>>d.shift].Load()
			touched += s.slots[h%slotCount]
			if s.used < len(s.bytes) {
				touched += uint64(s.bytes[s.used])
			}
		}
		runtime.KeepAlive(touched)
		for i, key := range some {
			if !t.addHashed(hashes[i], key, nil) {
				duplicate(start + i)
			}
		}
	}
}

func (t *table) addHashed(h uint64, key string, rules *[]rule) bool {
	for {
		d := t.dir.Load()
		s := d.segments[h>>d.shift].Load()
		slot, ok := s.find(h, key)
		if ok {
			if t.withRules {
				s.rules[slot].Store(rules)
			}
			return false
		}
		if s.taken == maxTaken || s.used+len(key) > len(s.bytes) {
			t.makeRoom(d, s, h, len(key))
			continue
		}
		s.put(key)
		if t.withRules {
			s.rules[slot].Store(rules)
		}
		atomic.StoreUint64(&s.slots[slot], tag(h)|uint64(len(key))<<offsetBits|uint64(s.used-len(key)))
		t.size++
		return true
	}
}

// put writes the bytes of a key; it is for the caller to publish the slot.
func (s *segment) put(key string) {
	copy(s.bytes[s.used:], key)
	s.used += len(key)
	s.taken++
	s.live++
}

// remove makes key a member no more; it reports whether it was one. Writers take
// turns.
func (t *table) remove(key string) bool {
	s, slot, ok := t.find(key)
	if !ok {
		return false
	}
	atomic.StoreUint64(&s.slots[slot], deleted)
	s.live--
	t.size--
	return true
}

// makeRoom replaces s by a segment, or by two, with room for one more key of n
// bytes whose hash is h.
func (t *table) makeRoom(d *directory, s *segment, h uint64, n int) {
	if s.live >= maxTaken-maxTaken/8 {
		t.split(d, s, h)
		return
	}
	length := 0
	for _, v := range s.slots {
		length += int(v >> offsetBits & lengthMask)
	}
	// Room for half as many keys again, if they are alike, and for a dozen at
	// the least.
	more := max(s.live/2, 12)
	bytes := length + n + (length+n)/(s.live+1)*more
	fresh := t.newSegment(s.depth, bytes)
	t.copyKeys(s, func(uint64) *segment { return fresh })
	d.replace(s, h, fresh, fresh)
}

// split replaces s by two segments, one for each value of the next bit of the
// hash.
func (t *table) split(d *directory, s *segment, h uint64) {
	if s.depth == 64-d.shift {
		d = d.doubled()
		t.dir.Store(d)
	}
	low := t.newSegment(s.depth+1, len(s.bytes))
	high := t.newSegment(s.depth+1, len(s.bytes))
	bit := uint64(1) << (63 - s.depth)
	t.copyKeys(s, func(h uint64) *segment {
		if h&bit == 0 {
			return low
		}
		return high
	})
	d.replace(s, h, low, high)
}

// copyKeys copies the live keys of s, with their rules, to the segments that to
// names by hash. Nobody reads those yet.
func (t *table) copyKeys(s *segment, to func(h uint64) *segment) {
	for i, v := range s.slots {
		if v == 0 || v == deleted {
			continue
		}
		key := s.key(v)
		h := maphash.Bytes(t.seed, key)
		dst := to(h)
		slot := h % slotCount
		for dst.slots[slot] != 0 {
			slot = (slot + 1) % slotCount
		}
		if t.withRules {
			dst.rules[slot].Store(s.rules[i].Load())
		}
		dst.slots[slot] = v&^uint64(offsetMask) | uint64(dst.used)
		copy(dst.bytes[dst.used:], key)
		dst.used += len(key)
		dst.taken++
		dst.live++
	}
}

// doubled returns a directory that tells one more bit apart.
func (d *directory) doubled() *directory {
	wide := &directory{shift: d.shift - 1, segments: make([]atomic.Pointer[segment], 2*len(d.segments))}
	for i := range wide.segments {
		wide.segments[i].Store(d.segments[i/2].Load())
	}
	return wide
}

// replace points the entries of s, which h leads to, to low and high.
func (d *directory) replace(s *segment, h uint64, low, high *segment) {
	entries := 1 << (64 - d.shift - s.depth)
	first := int(h>>d.shift) &^ (entries - 1)
	for i := range entries {
		if i < entries/2 || entries == 1 {
			d.segments[first+i].Store(low)
		} else {
			d.segments[first+i].Store(high)
		}
	}
}

// each calls yield with every key. Writers must wait.
func (t *table) each(yield func(key []byte)) {
	d := t.dir.Load()
	var last *segment
	for i := range d.segments {
		s := d.segments[i].Load()
		if s == last {
			continue
		}
		last = s
		for _, v := range s.slots {
			if v != 0 && v != deleted {
				yield(s.key(v))
			}
		}
	}
}

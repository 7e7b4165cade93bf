package jsrun

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// loop is the event loop of one script: timers, and tasks that other goroutines post. All but post belongs to one goroutine.
//
// https://html.spec.whatwg.org/#event-loop-processing-model
type loop struct {
	mu    sync.Mutex
	tasks []func()
	wake  chan struct{}

	// pending counts the operations whose end will be posted; the loop lives while there is one.
	pending int

	timers timerQueue
	byID   map[int]*timer
	weak   int // timers that alone do not keep the loop alive
	serial int
}

func newLoop() *loop {
	return &loop{wake: make(chan struct{}, 1), byID: make(map[int]*timer)}
}

// post queues a task. It is safe for concurrent use.
func (l *loop) post(task func()) {
	l.mu.Lock()
	l.tasks = append(l.tasks, task)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *loop) take() func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.tasks) == 0 {
		return nil
	}
	task := l.tasks[0]
	l.tasks[0] = nil
	l.tasks = l.tasks[1:]
	return task
}

func (l *loop) queued() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.tasks) > 0
}

// idle reports that nothing is left that could run JavaScript, but for weak timers.
func (l *loop) idle() bool { return l.pending == 0 && len(l.timers) == l.weak && !l.queued() }

// wait returns when a task or a timer is due, or ctx is done.
func (l *loop) wait(ctx context.Context, now time.Time) {
	var due <-chan time.Time
	if len(l.timers) > 0 {
		t := time.NewTimer(l.timers[0].due.Sub(now))
		defer t.Stop()
		due = t.C
	}
	if l.queued() {
		return
	}
	select {
	case <-l.wake:
	case <-due:
	case <-ctx.Done():
	}
}

// timer is one of setTimeout or setInterval.
type timer struct {
	id     int
	due    time.Time
	serial int // orders timers that are due at the same time
	every  time.Duration
	repeat bool
	weak   bool
	index  int
}

// minInterval is the least time between two runs of a timer that repeats.
const minInterval = time.Millisecond

func (l *loop) addTimer(id int, now time.Time, after time.Duration, repeat, weak bool) {
	l.serial++
	t := &timer{id: id, due: now.Add(after), serial: l.serial, every: max(after, minInterval), repeat: repeat, weak: weak}
	if weak {
		l.weak++
	}
	l.byID[id] = t
	heap.Push(&l.timers, t)
}

func (l *loop) clearTimer(id int) {
	if t := l.byID[id]; t != nil {
		l.forget(t)
		heap.Remove(&l.timers, t.index)
	}
}

// takeTimer returns the timer that is due first, and winds up again one that repeats.
func (l *loop) takeTimer(now time.Time) (t *timer, ok bool) {
	if len(l.timers) == 0 || l.timers[0].due.After(now) {
		return nil, false
	}
	t = l.timers[0]
	if t.repeat {
		l.serial++
		t.due, t.serial = now.Add(t.every), l.serial
		heap.Fix(&l.timers, 0)
		return t, true
	}
	heap.Pop(&l.timers)
	l.forget(t)
	return t, true
}

func (l *loop) forget(t *timer) {
	delete(l.byID, t.id)
	if t.weak {
		l.weak--
	}
}

// timerQueue is a heap, the first due on top.
type timerQueue []*timer

func (q timerQueue) Len() int { return len(q) }
func (q timerQueue) Less(i, j int) bool {
	if !q[i].due.Equal(q[j].due) {
		return q[i].due.Before(q[j].due)
	}
	return q[i].serial < q[j].serial
}
func (q timerQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}
func (q *timerQueue) Push(x any) {
	t := x.(*timer)
	t.index = len(*q)
	*q = append(*q, t)
}
func (q *timerQueue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return t
}

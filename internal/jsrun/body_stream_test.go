package jsrun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// halves answers with so many bytes as the path says, and ends the body when the path /go is asked for: well, or with the connection. It
// answers /read-N when N bytes of its bodies have been read.
type halves struct {
	gate chan struct{}
	read atomic.Int64
}

func (h *halves) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	answer := &fetch.Answer{Status: 200, Proto: "HTTP/1.1", Body: http.NoBody}
	path := m.URL.Path()
	if path == "/go" {
		h.gate <- struct{}{}
		return answer, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(path[1:], "read-"))
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(path, "/read-") {
		for h.read.Load() < int64(n) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		return answer, ctx.Err()
	}
	body := &half{h: h, ctx: ctx, left: n, end: io.EOF}
	switch query, _ := m.URL.Query(); query {
	case "break":
		body.end = &fetch.BodyError{Code: fetch.BodyTruncated, Err: io.ErrUnexpectedEOF}
	case "now":
		body.now, body.end = true, &fetch.BodyError{Code: fetch.BodyTruncated, Err: io.ErrUnexpectedEOF}
	}
	answer.Body = body
	return answer, nil
}

type half struct {
	h    *halves
	ctx  context.Context
	left int
	now  bool
	end  error
}

func (b *half) Read(p []byte) (int, error) {
	if n := min(b.left, len(p)); n > 0 {
		b.left -= n
		b.h.read.Add(int64(n))
		return n, nil
	}
	if !b.now {
		select {
		case <-b.h.gate:
			b.now = true
		case <-b.ctx.Done():
			return 0, b.ctx.Err()
		}
	}
	return 0, b.end
}

func (b *half) Close() error { return nil }

// What the network does while nobody reads. Chromium 156 and WebKitGTK 2.50.6 print the same, 2026-11-22; Firefox 153 ESR what stands under firefox.
func TestTheNetworkFillsAStreamThatNobodyReads(t *testing.T) {
	const helpers = `const open = async (p) => (await fetch(p)).body.getReader(), go = () => fetch("/go"), turn = () => new Promise((f) => setTimeout(f, 100));
		const learns = (r) => lazy ? turn() : r.closed.catch(() => {});
		const ends = (r) => { r.closed.then(() => console.log("closed"), (e) => console.log("broken", e.name)); return r };
		const read = async (r) => { try { const {value, done} = await r.read(); console.log(done ? "done" : value.length) } catch (e) { console.log("read", e.name) } };`
	for _, c := range []struct{ name, script, want, firefox string }{
		{"the end of the connection is learnt without a read", `ends(await open("/5?break")); await go()`, "broken TypeError", ""},
		{"what had come before is lost with it", `const r = await open("/5?break"); await go(); await learns(r); await read(r)`, "read TypeError", "5"},
		{"who reads on gets it", `const r = ends(await open("/5?now")); await read(r); await read(r)`, "5\nbroken TypeError\nread TypeError", "5\nbroken TypeError\nread TypeError"},
		{"all of it, however much waits", `const r = await open("/300000?now"); let n = 0; try { for (;;) n += (await r.read()).value.length } catch (e) { console.log(n, e.name) }`, "300000 TypeError", "300000 TypeError"},
		{"also behind the bound of what may wait", `const r = await open("/3000000?now"); let n = 0; try { for (;;) n += (await r.read()).value.length } catch (e) { console.log(n, e.name) }`, "3000000 TypeError", "3000000 TypeError"},
		{"an empty body ends without a read", `ends(await open("/0")); await go()`, "closed", ""},
		{"one with bytes ends behind the last of them", `const r = ends(await open("/5")); await go(); await turn(); console.log("waits"); await read(r); await turn()`, "waits\n5\nclosed", "waits\n5"},
		{"a reader with buffers learns it too", `ends((await fetch("/5?break")).body.getReader({mode: "byob"})); await go()`, "broken TypeError", ""},
		{"a clone's reader too", `ends((await fetch("/5?break")).clone().body.getReader()); await go()`, "broken TypeError", ""},
		{"the other branch of a tee too", `const [a, b] = (await fetch("/5?break")).body.tee(); ends(b.getReader()); await go()`, "broken TypeError", ""},
		{"a pipe that its sink holds up too", `(await fetch("/5?break")).body.pipeTo(new WritableStream({write: () => turn(), abort: (e) => console.log("abort", e.name)})).catch((e) => console.log("pipe", e.name)); await turn(); await go(); await turn()`,
			"abort TypeError\npipe TypeError", "abort TypeError\npipe TypeError"},
		{"an abort is no break", `const c = new AbortController(), r = ends((await fetch("/5?break", {signal: c.signal})).body.getReader()); c.abort(); await turn()`, "broken AbortError", "broken AbortError"},
		{"a reader that gives up is done", `const r = ends(await open("/5?break")); await r.cancel(); await turn()`, "closed", "closed"},
		{"a read that waits gets the error first as its reader's", `const r = ends(await open("/0?break")); const p = read(r); await go(); await p`, "broken TypeError\nread TypeError", "broken TypeError\nread TypeError"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for lazy, want := range map[bool]string{false: c.want, true: c.firefox} {
				agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: &halves{gate: make(chan struct{}, 1)}, Profile: fetch.Profile{LazyBodies: lazy}})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/"})
				if err != nil {
					t.Fatal(err)
				}
				got, err := output(t, Config{Page: page}, fmt.Sprintf("const lazy = %v;", lazy)+helpers+c.script)
				if err != nil || got != want {
					t.Errorf("lazy %v: printed %q, error %v; want %q", lazy, got, err, want)
				}
			}
		})
	}
}

// A profile has it as its browser does.
func TestTheNetworkFillsAStreamByBrowser(t *testing.T) {
	for _, c := range []struct {
		profile fetch.Profile
		want    string
	}{{fetch.Chromium(), "broken"}, {fetch.Firefox(), "waits"}, {fetch.WebKit(), "broken"}} {
		t.Run(c.profile.Name, func(t *testing.T) {
			agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: &halves{gate: make(chan struct{}, 1)}, Profile: c.profile})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/"})
			if err != nil {
				t.Fatal(err)
			}
			wait := "await r.closed.catch(() => 0)"
			if c.want == "waits" {
				wait = "await new Promise((f) => setTimeout(f, 200))"
			}
			got, err := output(t, Config{Page: page}, `const r = (await fetch("/5?break")).body.getReader(); let got = "waits"; r.closed.catch(() => { got = "broken" });
				await fetch("/go"); `+wait+`; console.log(got)`)
			if err != nil || got != c.want {
				t.Errorf("printed %q, error %v; want %q", got, err, c.want)
			}
		})
	}
}

// A body keeps a script alive as long as somebody waits for its end and something may come of that.
func TestABodyThatNobodyReadsDoesNotKeepAScriptAlive(t *testing.T) {
	for _, c := range []struct {
		name, script string
		settled      bool
		read         int64 // at most
	}{
		{"nobody has its stream", `await fetch("/1000000000"); 0`, true, chunk},
		{"somebody has", `(await fetch("/1000000000")).body; 0`, true, upperLimit + chunk},
		{"somebody has a reader", `(await fetch("/5")).body.getReader(); 0`, true, 5},
		{"somebody waits for the end of an endless one", `await (await fetch("/1000000000")).body.getReader().closed`, false, upperLimit + chunk},
		{"nobody waits, but somebody has asked", `(await fetch("/1000000000")).body.getReader().closed; 0`, true, upperLimit + chunk},
	} {
		t.Run(c.name, func(t *testing.T) {
			network := &halves{gate: make(chan struct{})}
			_, err := output(t, Config{Page: newPage(t, "https://app.example.com/", network), Limits: Limits{Time: 20 * time.Second}}, c.script)
			var failed *ScriptError
			if c.settled != (err == nil) || err != nil && (!errors.As(err, &failed) || failed.Kind != NeverSettled) {
				t.Errorf("the error is %v", err)
			}
			if n := network.read.Load(); n > c.read {
				t.Errorf("%d bytes were read, want at most %d", n, c.read)
			}
		})
	}
}

// A body that nobody reads is read on once somebody does, as far as there is room.
func TestABodyIsReadOnWhenThereIsRoom(t *testing.T) {
	network := &halves{gate: make(chan struct{}, 1)}
	more := strconv.Itoa(2000000 + lowerLimit)
	got, err := output(t, Config{Page: newPage(t, "https://app.example.com/", network)}, `const r = (await fetch("/3000000")).body.getReader();
		await fetch("/read-100000"); let n = 0; while (n < 2000000) n += (await r.read()).value.length; await fetch("/read-`+more+`"); console.log(n >= 2000000 && n < `+more+`)`)
	if n := network.read.Load(); err != nil || got != "true" {
		t.Errorf("printed %q, error %v, %d bytes were read", got, err, n)
	}
}

// However many bodies there are that nobody reads, they hold so much memory and no more.
func TestBodiesThatNobodyReadsAreBoundedTogether(t *testing.T) {
	network := &halves{gate: make(chan struct{})}
	r, err := newRun(t.Context(), Config{Page: newPage(t, "https://app.example.com/", network)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	r.start(`const all = []; for (let i = 0; i < 100; i++) { const r = await fetch("/100000000"); all.push(r.body); }
		await fetch("/read-`+strconv.Itoa(maxWaiting)+`");
		const last = all.pop().getReader(); let n = 0; while (n < 5000000) n += (await last.read()).value.length;
		for (const b of all) await b.cancel();
		last.cancel()`, "t.js")
	r.loopUntilIdle()
	if err := r.result(); err != nil {
		t.Fatal(err)
	}
	if n := network.read.Load(); n < maxWaiting || n > maxWaiting+100*chunk+10_000_000 {
		t.Errorf("%d bytes were read, and at most %d may wait", n, maxWaiting)
	}
	// Those that were cancelled while they were being read are given up by their own goroutines.
	for deadline := time.Now().Add(time.Minute); r.requests.waiting.Load() != 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := r.requests.waiting.Load(); n != 0 {
		t.Errorf("%d bytes are said to wait still", n)
	}
}
